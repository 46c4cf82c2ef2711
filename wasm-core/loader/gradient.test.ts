import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCore } from './index.ts';
import { bitsOf, digitLayers, digits, wasmBytes } from './test-fixtures.ts';
import type { Core } from './types.ts';

const layers = digitLayers;
let cores: Core[];
beforeAll(async () => {
  const bytes = await wasmBytes();
  cores = await Promise.all([1, 2, 5].map((threads) => loadCore(bytes, { threads })));
});
afterAll(() => cores.forEach((core) => core.close()));

const largestOf = (values: Float32Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

describe('gradient', () => {
  it('is what one step of SGD over all samples takes', () => {
    const [core] = cores;
    const samples = digits('train', 30);
    const parameters = core!.initialise(layers, 4);
    const given = { layers, ...samples, parameters };
    const stepped = core!.train({ ...given, epochs: 1, batchSize: 30, learningRate: 1, momentum: 0, seed: 1 });
    const gradient = core!.gradient(given);
    const taken = stepped.map((value, i) => parameters[i]! - value);
    expect(largestOf(taken.map((value, i) => value - gradient[i]!))).toBeLessThan(largestOf(gradient) * 1e-4);
  });

  it('is the mean over its chunks, the last one smaller, whatever the threads', () => {
    const samples = digits('train', 150);
    const parameters = cores[0]!.initialise(layers, 4);
    const of = (core: Core, from: number, to: number) =>
      core.gradient({
        layers,
        parameters,
        inputs: samples.inputs.subarray(from * 784, to * 784),
        labels: samples.labels.subarray(from, to),
      });
    const whole = cores.map((core) => bitsOf(of(core, 0, 150)));
    for (const bits of whole) expect(bits).toEqual(whole[0]);
    const [first, rest] = [of(cores[0]!, 0, 96), of(cores[0]!, 96, 150)];
    const all = of(cores[0]!, 0, 150);
    const mean = first.map((value, i) => (value * 96 + rest[i]! * 54) / 150);
    expect(largestOf(all.map((value, i) => value - mean[i]!))).toBeLessThan(largestOf(all) * 1e-6);
  });

  it('is refused where there is none, and can be aborted', () => {
    const [core] = cores;
    const samples = digits('train', 40);
    const parameters = new Float32Array(core!.parameterCount(layers)).fill(3e38);
    expect(() => core!.gradient({ layers, ...samples, parameters })).toThrowError(/no gradient/);
    const signal = AbortSignal.abort();
    const given = { layers, ...samples, parameters: core!.initialise(layers, 1), signal };
    expect(() => core!.gradient(given)).toThrowError(/aborted/);
  });
});
