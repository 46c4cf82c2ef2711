import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { arithmetics, nameOfArithmetic } from '../loader/arithmetic.ts';
import { testCore } from '../loader/test-fixtures.ts';
import type { Core } from '../loader/types.ts';
import { characterLayers, CONTEXT } from './characters.ts';
import { scoreCharacters } from './network-hashes.ts';
import { readCharacterModel, readHeldOut } from './read-model.ts';

/** The same on every machine, engine and tier. */
const SCORE = { loss: 36_597_267_029_661n, correct: 5815, count: 8192, bitsPerByte: 6_445_153_278n };
const INTEGER_LOSSES = {
  int8: 36_603_281_584_875n,
  'int8:64': 36_631_702_881_373n,
  'int8:32': 36_625_115_148_028n,
  'int4:64': 38_277_393_541_291n,
  'int4:32': 37_857_440_855_058n,
};

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

  it('scores the same text in integers to the exact integer, near what f32 gives', () => {
    const given = { layers: characterLayers, parameters: readCharacterModel(), inputs: readHeldOut() };
    const losses = arithmetics.map((arithmetic) => core.evaluate({ ...given, arithmetic }).loss);
    expect(Object.fromEntries(arithmetics.map((one, i) => [nameOfArithmetic(one), losses[i]]))).toEqual(INTEGER_LOSSES);
    const dearer = losses.map((loss) => Number(loss - SCORE.loss) / Number(SCORE.loss));
    [0.0002, 0.001, 0.001, 0.05, 0.04].forEach((most, i) => expect(dearer[i]).toBeLessThan(most));
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
