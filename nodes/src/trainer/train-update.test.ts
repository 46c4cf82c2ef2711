import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelFromBytes, modelToBytes, updateFromBytes, type TaskDocument } from '@covey/protocol';
import { loadNodeCore } from '@covey/wasm-core/node';
import { describe, expect, it } from 'vitest';
import { tinyData, tinyDraft } from '../testing/tiny-task.ts';
import { noiseKey, roundKey, type ReleaseAt } from './privacy.ts';
import { Residual } from './residual.ts';
import { trainOwnData } from './train-own-data.ts';
import { trainUpdate } from './train-update.ts';
import { trainHere } from './training.ts';

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

const address = (byte: string) => `0x${byte.repeat(20)}` as const;
const at: ReleaseAt = {
  deployment: { chainId: 1, roundManager: address('cc') },
  node: address('11'),
  taskId: 1n,
  round: 0,
};

describe('the key of the noise', () => {
  const secret = new Uint8Array(32).fill(1);
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

  it('is another one for every chain, contract, node, task, round and secret', () => {
    expect(roundKey(secret, at)).toEqual(roundKey(secret, { ...at }));
    const keys = [
      roundKey(secret, at),
      roundKey(secret, { ...at, round: 1 }),
      roundKey(secret, { ...at, taskId: 2n }),
      roundKey(secret, { ...at, node: address('12') }),
      roundKey(secret, { ...at, deployment: { ...at.deployment, chainId: 2 } }),
      roundKey(secret, { ...at, deployment: { ...at.deployment, roundManager: address('cd') } }),
      roundKey(
        secret.map(() => 2),
        at,
      ),
    ];
    expect(new Set(keys.map(hex)).size).toBe(keys.length);
  });

  it('is another one for every update, clip and noise, and the same for the same', () => {
    const round = roundKey(secret, at);
    const one = { values: Float32Array.of(1, 2), clip: 1, noise: 2 };
    expect(noiseKey(round, one)).toEqual(noiseKey(round, { ...one, values: Float32Array.of(1, 2) }));
    const keys = [one, { ...one, clip: 2 }, { ...one, noise: 1 }, { ...one, values: Float32Array.of(1, 2.0000002) }];
    expect(new Set(keys.map((each) => hex(noiseKey(round, each)))).size).toBe(keys.length);
  });

  it('tells how much of an update is left under its noise', () => {
    const { signalToNoise } = trainUpdate({ ...common, privacy: { clip: 0.1, noise: 2, key } });
    expect(signalToNoise).toBeCloseTo(1 / (2 * Math.sqrt(plain.length)), 12);
    expect(trainUpdate(common).signalToNoise).toBeNull();
  });
});

describe('a round that is made again after a crash', () => {
  const produceIn = (folder: string, changes: Partial<{ clip: number; noise: number; start: Uint8Array }> = {}) => {
    const { clip = 0.1, noise = 2, start = base } = changes;
    const produce = trainOwnData({
      train: trainHere(core),
      data: common.data,
      encoding: { encoding: 'top-k', ratio: 0.2 },
      privacy: { clip, noise, secret: new Uint8Array(32).fill(7) },
    });
    const round = {
      task,
      folder,
      onEvent: () => undefined,
      base: () => Promise.resolve(start),
      baseCid: () => Promise.resolve('base'),
      dataDescription: () => Promise.resolve(undefined),
      secondsLeft: () => Promise.resolve(60),
    };
    return async (number: number) => (await produce({ ...at, ...round, round: number })) as Uint8Array;
  };

  it('gives the same file, also where earlier rounds left something to make good', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'covey-again-'));
    const produce = produceIn(folder);
    const first = await produce(0);
    expect(await produceIn(folder)(0)).toEqual(first);
    const second = await produce(1);
    expect(await produceIn(folder)(1)).toEqual(second);
    expect(await produceIn(folder)(1)).toEqual(second);
    expect(second).not.toEqual(first);
    await rm(folder, { recursive: true });
  });

  it('never gives two updates the same noise, or their difference would show both', () => {
    const plainly = { ...common, privacy: { clip: 0.1, noise: 2, key: roundKey(new Uint8Array(32).fill(7), at) } };
    const moved = core.initialise(draft.architecture.layers, 2);
    const noiseOf = (from: Uint8Array, clip: number) => {
      const privacy = { ...plainly.privacy, clip };
      const noised = read(trainUpdate({ ...plainly, base: from, privacy }).bytes);
      const clipped = read(trainUpdate({ ...plainly, base: from, privacy: { ...privacy, noise: 0 } }).bytes);
      return core.subtract(noised, clipped).map((value) => value / clip);
    };
    const once = noiseOf(base, 0.1);
    for (const another of [noiseOf(modelToBytes(draft.architecture, moved), 0.1), noiseOf(base, 0.2)]) {
      const product = once.reduce((sum, value, i) => sum + value * another[i]!, 0);
      // Of independent noise in 256 dimensions the correlation is about 1/16.
      expect(Math.abs(product / (norm(once) * norm(another)))).toBeLessThan(0.3);
    }
  });
});

it('a residual survives on disk until its round and the next are over, and a broken one is forgotten', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'covey-residual-'));
  const residual = new Residual(join(folder, 'trainer'), 7n);
  expect(await residual.load(1)).toBeUndefined();
  await residual.save(0, Float32Array.of(1, -2.5));
  expect(await residual.load(0)).toBeUndefined();
  expect(await residual.load(1)).toEqual(Float32Array.of(1, -2.5));
  await residual.save(3, Float32Array.of(3));
  expect(await residual.load(3)).toEqual(Float32Array.of(1, -2.5));
  await residual.save(4, Float32Array.of(4));
  expect((await readdir(join(folder, 'trainer'))).toSorted()).toEqual(['7-3.residual', '7-4.residual']);
  expect(await new Residual(join(folder, 'trainer'), 8n).load(9)).toBeUndefined();
  await writeFile(join(folder, 'trainer', '7-4.residual'), new Uint8Array(7));
  expect(await residual.load(9)).toBeUndefined();
  await rm(folder, { recursive: true });
});
