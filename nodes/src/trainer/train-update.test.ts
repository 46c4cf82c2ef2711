import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelFromBytes, modelToBytes, updateFromBytes, type TaskDocument } from '@covey/protocol';
import { loadNodeCore } from '@covey/wasm-core/node';
import { describe, expect, it } from 'vitest';
import { tinyData, tinyDraft } from '../testing/tiny-task.ts';
import { epsilonAfter, noiseKey } from './privacy.ts';
import { Residual } from './residual.ts';
import { trainUpdate } from './train-update.ts';

const core = await loadNodeCore();
const draft = tinyDraft();
// Only these fields matter here; the rest of a document is about the chain.
const task = { ...draft, encodings: undefined } as unknown as TaskDocument;
const start = core.initialise(draft.architecture.layers, 1);
const base = modelToBytes(draft.architecture, start);
const common = { core, task, base, data: tinyData(64, 5), seed: 3 };
const read = (bytes: Uint8Array) => updateFromBytes(core, draft.architecture, bytes, { maxBytes: 1 << 20 });
const plain = read(trainUpdate(common).bytes);
const norm = (values: Float32Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
const code = (value: string): unknown => expect.objectContaining({ code: value });
const key = new Uint8Array(32).fill(9);

describe('a trained update', () => {
  it('is the difference from the base, in whatever encoding', () => {
    expect(norm(plain)).toBeGreaterThan(0);
    for (const encoding of [{ encoding: 'int8' }, { encoding: 'top-k', ratio: 0.5 }] as const) {
      const { bytes, residual } = trainUpdate({ ...common, encoding });
      const back = core.add(read(bytes), residual!);
      back.forEach((value, i) => expect(Math.abs(value - plain[i]!)).toBeLessThan(1e-6));
    }
  });

  it('makes good what the last encoding left out', () => {
    const residual = new Float32Array(plain.length).fill(0.5);
    const { bytes } = trainUpdate({ ...common, residual });
    expect(read(bytes)).toEqual(core.add(plain, residual));
    // One of another architecture is no use.
    expect(read(trainUpdate({ ...common, residual: residual.slice(1) }).bytes)).toEqual(plain);
  });

  it('is clipped, and noised by its key', () => {
    const clipped = read(trainUpdate({ ...common, privacy: { clip: 0.1, noise: 0, key } }).bytes);
    expect(norm(plain)).toBeGreaterThan(0.1);
    expect(norm(clipped)).toBeLessThanOrEqual(0.1);
    const noised = read(trainUpdate({ ...common, privacy: { clip: 0.1, noise: 2, key } }).bytes);
    const deviation = norm(core.subtract(noised, clipped)) / Math.sqrt(noised.length);
    expect(deviation).toBeGreaterThan(0.15);
    expect(deviation).toBeLessThan(0.25);
    const other = trainUpdate({ ...common, privacy: { clip: 0.1, noise: 2, key: key.map((byte) => byte + 1) } });
    expect(read(other.bytes)).not.toEqual(noised);
  });

  it('is refused where the task or an arena does not take it so', () => {
    const strict = { ...task, encodings: ['f32'] } as TaskDocument;
    expect(() => trainUpdate({ ...common, task: strict, encoding: { encoding: 'int8' } })).toThrowError(
      code('CONFIG_INVALID'),
    );
    const arena = { ...task, mode: 'arena' } as TaskDocument;
    expect(() => trainUpdate({ ...common, task: arena, encoding: { encoding: 'int8' } })).toThrowError(
      code('CONFIG_INVALID'),
    );
    expect(() => trainUpdate({ ...common, task: arena, privacy: { clip: 1, noise: 1, key } })).toThrowError(
      code('CONFIG_INVALID'),
    );
    const model = trainUpdate({ ...common, task: arena });
    expect(model.residual).toBeNull();
    const parameters = modelFromBytes(draft.architecture, model.bytes, { maxBytes: 1 << 20 });
    expect(core.subtract(parameters, start)).toEqual(plain);
  });
});

describe('privacy', () => {
  const node = `0x${'11'.repeat(20)}` as const;
  it('draws another key for every round and node, from a seed or from the system', () => {
    const seeded = { clip: 1, noise: 1, seed: `0x${'22'.repeat(32)}` } as const;
    expect(noiseKey(seeded, node, 1n, 0)).toEqual(noiseKey(seeded, node, 1n, 0));
    const keys = [
      noiseKey(seeded, node, 1n, 0),
      noiseKey(seeded, node, 1n, 1),
      noiseKey(seeded, node, 2n, 0),
      noiseKey(seeded, `0x${'12'.repeat(20)}`, 1n, 0),
      noiseKey({ clip: 1, noise: 1 }, node, 1n, 0),
      noiseKey({ clip: 1, noise: 1 }, node, 1n, 0),
    ].map((bytes) => Buffer.from(bytes).toString('hex'));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('is spent round by round', () => {
    const options = { clip: 1, noise: 4 };
    expect(epsilonAfter(options, 0)).toBeLessThan(epsilonAfter(options, 9));
    // What dp-accounting gives for ten Gaussian releases at noise 4 and δ = 1e-5.
    expect(epsilonAfter(options, 9)).toBeCloseTo(3.617099772983339, 9);
  });
});

it('a residual survives on disk, and a broken one is forgotten', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'covey-residual-'));
  const residual = new Residual(join(folder, 'trainer'), 7n);
  expect(await residual.load()).toBeUndefined();
  await residual.save(Float32Array.of(1, -2.5));
  expect(await residual.load()).toEqual(Float32Array.of(1, -2.5));
  await writeFile(join(folder, 'trainer', '7.residual'), new Uint8Array(7));
  expect(await residual.load()).toBeUndefined();
  await rm(folder, { recursive: true });
});
