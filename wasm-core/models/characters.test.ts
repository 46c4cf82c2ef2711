import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { testCore } from '../loader/test-fixtures.ts';
import type { Core } from '../loader/types.ts';
import { characterLayers, CONTEXT } from './characters.ts';
import { scoreCharacters } from './network-hashes.ts';
import { readCharacterModel, readHeldOut } from './read-model.ts';

/** The same on every machine, engine and tier. */
const SCORE = { loss: 36_597_267_029_661n, correct: 5815, count: 8192, bitsPerByte: 6_445_153_278n };

let core: Core;
beforeAll(async () => {
  core = await testCore();
});

describe('the character transformer', () => {
  it('is the file that scripts/train-characters.ts writes', () => {
    const file = readFileSync(new URL('characters.safetensors', import.meta.url));
    expect(createHash('sha256').update(file).digest('hex')).toBe(
      '98dda0a41b564aa2ea7f37ab7049f6c77a06af5ad23e8d31048327c0b9520c57',
    );
    expect(core.parameterCount(characterLayers)).toBe(990_720);
  });

  it('scores text it has never seen to the exact integer', () => {
    const { loss, correct, count, bitsPerByte } = scoreCharacters(core, readCharacterModel(), readHeldOut());
    expect({ loss, correct, count, bitsPerByte }).toEqual(SCORE);
    expect(Number(bitsPerByte) / 2 ** 32).toBeLessThan(1.6);
  });

  it('sees only what is before a byte', () => {
    const parameters = readCharacterModel();
    const sample = readHeldOut().slice(0, CONTEXT + 1);
    const before = core.outputs({ layers: characterLayers, parameters, inputs: sample });
    sample[100] = sample[100]! ^ 1;
    const after = core.outputs({ layers: characterLayers, parameters, inputs: sample });
    expect(after.subarray(0, 100 * 256)).toEqual(before.subarray(0, 100 * 256));
    expect(after.subarray(100 * 256)).not.toEqual(before.subarray(100 * 256));
  });
});
