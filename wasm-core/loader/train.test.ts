import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { isCoreError } from './errors.ts';
import { digitLayers, digits, integers, testCore } from './test-fixtures.ts';
import { trainedHash } from './trained-hash.ts';
import type { Core, Layer, TrainParameters } from './types.ts';

let core: Core;
beforeAll(async () => {
  core = await testCore();
});

/** sha256 of the parameters after `trainedHash`'s training: the same on every machine, engine and tier. */
const PINNED = '8008dff553a9181b1d72b78a6e5620cce5a6be98e1058ff85de4c7978cc3180a';

const layers: Layer[] = [
  { type: 'dense', inputs: 11, outputs: 10 },
  { type: 'relu' },
  { type: 'dense', inputs: 10, outputs: 7 },
  { type: 'relu' },
  { type: 'dense', inputs: 7, outputs: 3 },
];

function job(count: number): TrainParameters & { inputs: Uint8Array; labels: Uint8Array } {
  const next = integers(99);
  return {
    layers,
    parameters: core.initialise(layers, 5).map((w) => w + (next(1000) - 500) / 10_000),
    inputs: Uint8Array.from({ length: count * 11 }, () => next(256)),
    labels: Uint8Array.from({ length: count }, () => next(3)),
    epochs: 1,
    batchSize: count,
    learningRate: 1,
    momentum: 0,
    seed: 1,
  };
}

/** Mean loss in f64, by plain loops. */
function meanLoss(parameters: Float64Array, inputs: Uint8Array, labels: Uint8Array): number {
  let total = 0;
  labels.forEach((label, i) => {
    let x = Array.from(inputs.subarray(i * 11, i * 11 + 11), (byte) => byte / 255);
    let offset = 0;
    for (const layer of layers) {
      if (layer.type === 'relu') {
        x = x.map((z) => Math.max(0, z));
        continue;
      }
      const from = x;
      if (layer.type !== 'dense') throw new Error(layer.type);
      const { inputs: ins, outputs: outs } = layer;
      x = Array.from({ length: outs }, (_, o) => {
        let sum = parameters[offset + ins * outs + o]!;
        for (let k = 0; k < ins; k++) sum += parameters[offset + o * ins + k]! * from[k]!;
        return sum;
      });
      offset += (ins + 1) * outs;
    }
    const top = Math.max(...x);
    total += Math.log(x.reduce((s, z) => s + Math.exp(z - top), 0)) - (x[label]! - top);
  });
  return total / labels.length;
}

describe('backpropagation', () => {
  it.each([1, 5, 8, 21])('agrees with finite differences in f64, %d samples a batch', (count) => {
    const a = job(count);
    // One full-batch step with rate 1 and no momentum moves by exactly the gradient.
    const after = core.train(a);
    const at = Float64Array.from(a.parameters);
    const h = 1e-6;
    let largest = 0;
    at.forEach((value, i) => {
      at[i] = value + h;
      const above = meanLoss(at, a.inputs, a.labels);
      at[i] = value - h;
      const below = meanLoss(at, a.inputs, a.labels);
      at[i] = value;
      const slope = (above - below) / (2 * h);
      largest = Math.max(largest, Math.abs(slope));
      expect(Math.abs(a.parameters[i]! - after[i]! - slope), `parameter ${i}`).toBeLessThan(2e-6);
    });
    expect(largest).toBeGreaterThan(0.01);
  });

  it('carries velocity from step to step: v ← μ v + g, w ← w − η v', () => {
    const a = { ...job(16), learningRate: 0.5 };
    const once = core.train(a);
    const again = core.train({ ...a, parameters: once });
    const both = core.train({ ...a, epochs: 2, momentum: 0.9 });
    both.forEach((value, i) => {
      const expected = again[i]! + 0.9 * (once[i]! - a.parameters[i]!);
      expect(Math.abs(value - expected)).toBeLessThan(1e-5);
    });
  });

  it('reports every minibatch, the short last one too', () => {
    const seen: number[][] = [];
    core.train({ ...job(21), batchSize: 8, epochs: 2, onProgress: (done, total) => seen.push([done, total]) });
    expect(seen).toEqual([1, 2, 3, 4, 5, 6].map((done) => [done, 6]));
  });

  it('stops when progress aborts it, and can score in the middle', () => {
    const abort = new AbortController();
    const seen: number[] = [];
    const a = job(40);
    const work = (): unknown =>
      core.train({
        ...a,
        batchSize: 4,
        signal: abort.signal,
        onProgress: (done) => {
          // The core may be called again from here: its arena nests.
          seen.push(core.evaluate(a).count);
          if (done === 3) abort.abort();
        },
      });
    expect(work).toThrow(expect.objectContaining({ code: 'CORE_ABORTED' }));
    expect(seen).toEqual([40, 40, 40]);
    const plain = core.train({ ...a, batchSize: 4 });
    expect(core.train({ ...a, batchSize: 4, onProgress: () => void core.evaluate(a) })).toEqual(plain);
  });

  it('leaves its inputs alone', () => {
    const a = job(16);
    const before = structuredClone({ p: a.parameters, x: a.inputs, y: a.labels });
    core.train(a);
    expect({ p: a.parameters, x: a.inputs, y: a.labels }).toEqual(before);
  });
});

describe('reproducibility', () => {
  it('gives the pinned bits, from two instances', async () => {
    expect(trainedHash(core)).toBe(PINNED);
    expect(trainedHash(core)).toBe(PINNED);
    expect(trainedHash(await testCore())).toBe(PINNED);
  });

  it.each([['--liftoff-only'], ['--no-liftoff'], ['--no-wasm-tier-up']])('gives the same bits under %s', (flag) => {
    const script = fileURLToPath(new URL('trained-hash.ts', import.meta.url));
    const out = execFileSync(process.execPath, [flag, script], { encoding: 'utf8' });
    expect(out.trim()).toBe(PINNED);
  });

  it('depends on the seed', () => {
    const a = { ...job(40), batchSize: 4, learningRate: 0.1 };
    expect(core.train(a)).toEqual(core.train(a));
    expect(core.train({ ...a, seed: 2 })).not.toEqual(core.train(a));
  });
});

describe('real digits', () => {
  it('learns more than nine in ten from 8,000 digits of MNIST', () => {
    const untrained = core.initialise(digitLayers, 1);
    const parameters = core.train({
      layers: digitLayers,
      parameters: untrained,
      ...digits('train', 8000),
      epochs: 3,
      batchSize: 32,
      learningRate: 0.05,
      momentum: 0.9,
      seed: 1,
    });
    const hidden = digits('t10k', 10_000);
    const before = core.evaluate({ layers: digitLayers, parameters: untrained, ...hidden });
    const after = core.evaluate({ layers: digitLayers, parameters, ...hidden });
    expect(before.correct / before.count).toBeLessThan(0.3);
    expect(after.correct / after.count).toBeGreaterThan(0.93);
    expect(after.loss).toBeLessThan(before.loss / 5n);
  });
});

describe('refusals', () => {
  const codeOf = (change: object): string => {
    try {
      core.train({ ...job(8), ...change });
    } catch (error) {
      if (isCoreError(error)) return error.code;
      throw error;
    }
    return 'nothing thrown';
  };

  it.each([
    { epochs: 0 },
    { epochs: 1e9 },
    { batchSize: 0 },
    { batchSize: 2 ** 31 },
    { learningRate: NaN },
    { learningRate: -1 },
    { momentum: 1 },
    { momentum: '0.9' },
    { seed: 1.5 },
    { inputs: null },
    { labels: [0] },
    { parameters: [0] },
  ])('refuses %j', (change) => {
    expect(codeOf(change)).toBe('CORE_BAD_ARGUMENT');
  });

  it('refuses shapes, labels, layers and values as evaluate does', () => {
    expect(codeOf({ labels: new Uint8Array(7) })).toBe('CORE_BAD_SHAPE');
    expect(codeOf({ labels: new Uint8Array(8).fill(3) })).toBe('CORE_BAD_LABEL');
    expect(codeOf({ layers: [] })).toBe('CORE_BAD_LAYERS');
    expect(codeOf({ parameters: new Float32Array(core.parameterCount(layers)).fill(NaN) })).toBe('CORE_NOT_FINITE');
    expect(codeOf({ signal: AbortSignal.abort() })).toBe('CORE_ABORTED');
  });

  it('says that it diverged instead of giving NaN', () => {
    const parameters = new Float32Array(core.parameterCount(layers)).fill(1e30);
    expect(codeOf({ parameters })).toBe('CORE_DIVERGED');
  });

  it('says so too when only the update overflows', () => {
    // Logits of 1e24 and 0, and the gradient that reaches the hidden bias is 1e36; the rate is 1e6.
    const narrow: Layer[] = [
      { type: 'dense', inputs: 1, outputs: 1 },
      { type: 'relu' },
      { type: 'dense', inputs: 1, outputs: 2 },
    ];
    const parameters = Float32Array.of(0, 1e-12, 1e36, 0, 0, 0);
    const one = { layers: narrow, parameters, inputs: Uint8Array.of(0), labels: Uint8Array.of(1), batchSize: 1 };
    expect(codeOf({ ...one, learningRate: 1 })).toBe('nothing thrown');
    expect(codeOf({ ...one, learningRate: 999_999 })).toBe('CORE_DIVERGED');
  });
});
