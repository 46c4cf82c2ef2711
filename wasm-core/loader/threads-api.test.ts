import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCore } from './index.ts';
import { digitLayers, digits, integers, wasmBytes } from './test-fixtures.ts';
import type { Rule } from './check-rule.ts';
import type { Core, Layer } from './types.ts';

// What the core's calls give with 1, 2, 3 and 7 threads, bit for bit.
let cores: Core[];

/** Of the bits, which `toEqual` would compare one by one. */
const digest = (values: Float32Array): string =>
  createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');

beforeAll(async () => {
  const bytes = await wasmBytes();
  cores = await Promise.all([1, 2, 3, 7].map((threads) => loadCore(bytes, { threads })));
});

afterAll(() => {
  for (const core of cores) core.close();
});

function expectEqual<T>(run: (core: Core) => T): T {
  const [first, ...others] = cores.map(run);
  for (const other of others) expect(other).toEqual(first);
  return first!;
}

const rules: Rule[] = [
  { rule: 'fedavg' },
  { rule: 'fedavg', weights: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] },
  { rule: 'median' },
  { rule: 'trimmed-mean', trim: 2 },
  { rule: 'norm-clip', clip: 3 },
  { rule: 'krum', byzantine: 2 },
  { rule: 'multi-krum', byzantine: 2, select: 5 },
  { rule: 'bulyan', byzantine: 2 },
  { rule: 'geometric-median' },
  { rule: 'trimmed-mean', trim: 2, pre: [{ pre: 'nnm', byzantine: 2 }] },
];

describe('aggregation', () => {
  // Shorter than what is shared, one segment, a few segments and an odd rest.
  for (const d of [100, 65_536, 3 * 65_536 + 4_321]) {
    const random = integers(d + 1);
    const updates = Array.from({ length: 11 }, (_, row) =>
      Float32Array.from({ length: d }, () => ((random(2001) - 1000) / 1024) * (row === 3 ? 40 : 1)),
    );
    it.each(rules)(`of ${d} columns by $rule`, (rule) => {
      expectEqual((core) => {
        const { result, selected } = core.aggregate(rule, updates);
        return { digest: digest(result), selected };
      });
    });
  }
});

describe('networks', () => {
  const { inputs, labels } = digits('t10k', 1000);
  const convolution: Layer[] = [
    { type: 'image', channels: 1, height: 28, width: 28 },
    { type: 'conv2d', inputs: 1, outputs: 4, kernel: [3, 3], stride: [2, 2] },
    { type: 'relu' },
    { type: 'flatten' },
    { type: 'dense', inputs: 4 * 13 * 13, outputs: 10 },
  ];

  it.each([
    ['dense', digitLayers],
    ['convolutional', convolution],
  ])('%s ones are scored, and their progress told to the end', (_, layers) => {
    const { count } = expectEqual((core) => {
      const parameters = core.initialise(layers, 3);
      const told: number[] = [];
      const onProgress = (done: number, total: number): void => void told.push(done / total);
      const evaluation = core.evaluate({ layers, parameters, inputs, labels, onProgress });
      expect(told.at(-1)).toBe(1);
      expect(told).toEqual(told.toSorted((a, b) => a - b));
      return { ...evaluation, probabilities: digest(core.predict({ layers, parameters, inputs })) };
    });
    expect(count).toBe(1000);
  });

  it('are trained', () => {
    expectEqual((core) =>
      digest(
        core.train({
          layers: digitLayers,
          parameters: core.initialise(digitLayers, 1),
          inputs: inputs.subarray(0, 200 * 784),
          labels: labels.subarray(0, 200),
          epochs: 1,
          batchSize: 32,
          learningRate: 0.1,
          momentum: 0.9,
          seed: 1,
        }),
      ),
    );
  });

  it('stop when their caller’s progress report aborts them', () => {
    for (const core of cores) {
      const abort = new AbortController();
      const parameters = core.initialise(digitLayers, 3);
      const call = () =>
        core.evaluate({
          layers: digitLayers,
          parameters,
          inputs: digits('t10k', 4000).inputs,
          labels: digits('t10k', 4000).labels,
          signal: abort.signal,
          onProgress: () => abort.abort(),
        });
      expect(call).toThrowError(expect.objectContaining({ code: 'CORE_ABORTED' }));
    }
  });
});
