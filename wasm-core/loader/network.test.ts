import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { isCoreError } from './errors.ts';
import { digitLayers, integers, testCore } from './test-fixtures.ts';
import type { Core, Layer } from './types.ts';

let core: Core;
beforeAll(async () => {
  core = await testCore();
});

const layers: Layer[] = [
  { type: 'dense', inputs: 13, outputs: 9 },
  { type: 'relu' },
  { type: 'dense', inputs: 9, outputs: 5 },
];

function samples(count: number, seed = 11): { inputs: Uint8Array; labels: Uint8Array } {
  const next = integers(seed);
  return {
    inputs: Uint8Array.from({ length: count * 13 }, () => next(256)),
    labels: Uint8Array.from({ length: count }, () => next(5)),
  };
}

/** The same network in f64 and plain loops. */
function reference(parameters: Float32Array, inputs: Uint8Array, labels: Uint8Array): { loss: number; p: number[] } {
  let loss = 0;
  const all: number[] = [];
  labels.forEach((label, i) => {
    let x = Array.from(inputs.subarray(i * 13, i * 13 + 13), (byte) => byte / 255);
    let offset = 0;
    for (const [ins, outs, relu] of [
      [13, 9, true],
      [9, 5, false],
    ] as const) {
      const from = x;
      x = Array.from({ length: outs }, (_, o) => {
        let sum = parameters[offset + ins * outs + o]!;
        for (let k = 0; k < ins; k++) sum += parameters[offset + o * ins + k]! * from[k]!;
        return relu ? Math.max(0, sum) : sum;
      });
      offset += (ins + 1) * outs;
    }
    const top = Math.max(...x);
    const sum = x.reduce((s, z) => s + Math.exp(z - top), 0);
    loss += Math.log(sum) - (x[label]! - top);
    all.push(...x.map((z) => Math.exp(z - top) / sum));
  });
  return { loss, p: all };
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isCoreError(error)) return error.code;
    throw error;
  }
  return 'nothing thrown';
}

describe('parameters', () => {
  it('counts weights and biases', () => {
    expect(core.parameterCount(digitLayers)).toBe(101_770);
    expect(core.parameterCount(layers)).toBe(14 * 9 + 10 * 5);
  });

  it('initialises weights inside ±√(6/inputs), biases 0, the same for the same seed', () => {
    const a = core.initialise(digitLayers, 7);
    expect(core.initialise(digitLayers, 7)).toEqual(a);
    expect(core.initialise(digitLayers, 8)).not.toEqual(a);
    const weights = a.subarray(0, 784 * 128);
    const bound = Math.sqrt(6 / 784);
    const most = weights.reduce((m, w) => Math.max(m, Math.abs(w)), 0);
    expect(most).toBeLessThanOrEqual(Math.fround(bound));
    expect(most).toBeGreaterThan(bound * 0.999);
    const mean = weights.reduce((s, w) => s + w, 0) / weights.length;
    const variance = weights.reduce((s, w) => s + w * w, 0) / weights.length;
    expect(Math.abs(mean)).toBeLessThan(bound * 0.01);
    expect(variance / (bound ** 2 / 3)).toBeCloseTo(1, 1);
    expect(a.subarray(784 * 128, 785 * 128)).toEqual(new Float32Array(128));
  });
});

describe('evaluate and predict', () => {
  it.each([1, 7, 8, 9, 255, 256, 257, 600])('agrees with plain f64 loops on %d samples', (count) => {
    const parameters = core.initialise(layers, 3);
    const { inputs, labels } = samples(count);
    const expected = reference(parameters, inputs, labels);
    const got = core.evaluate({ layers, parameters, inputs, labels });
    expect(got.count).toBe(count);
    expect(Math.abs(Number(got.loss) / 2 ** 32 - expected.loss)).toBeLessThan(1e-6 * count);
    const p = core.predict({ layers, parameters, inputs });
    expect(p.length).toBe(count * 5);
    p.forEach((value, i) => expect(Math.abs(value - expected.p[i]!)).toBeLessThan(1e-6));
    let correct = 0;
    labels.forEach((label, i) => {
      const row = Array.from(p.subarray(i * 5, i * 5 + 5));
      if (row.indexOf(Math.max(...row)) === label) correct++;
    });
    expect(got.correct).toBe(correct);
  });

  it('adds up to the same loss in any order and any sharding', () => {
    const parameters = core.initialise(layers, 3);
    const { inputs, labels } = samples(300);
    const whole = core.evaluate({ layers, parameters, inputs, labels });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 299 }), (cut) => {
        const first = core.evaluate({
          layers,
          parameters,
          inputs: inputs.subarray(0, cut * 13),
          labels: labels.subarray(0, cut),
        });
        const second = core.evaluate({
          layers,
          parameters,
          inputs: inputs.subarray(cut * 13),
          labels: labels.subarray(cut),
        });
        expect(first.loss + second.loss).toBe(whole.loss);
        expect(first.correct + second.correct).toBe(whole.correct);
      }),
      { numRuns: 50, seed: 5 },
    );
  });

  it('counts the lowest class of equal logits', () => {
    const zero = new Float32Array(core.parameterCount(layers));
    const inputs = new Uint8Array(13 * 5);
    const { loss, correct } = core.evaluate({ layers, parameters: zero, inputs, labels: Uint8Array.of(0, 1, 2, 3, 4) });
    expect(correct).toBe(1);
    expect(loss).toBe(5n * BigInt(Math.round(Math.log(5) * 2 ** 32)));
  });

  it('caps the loss of absurd but finite parameters, and never answers NaN', () => {
    const parameters = new Float32Array(core.parameterCount(layers)).fill(3e38);
    const { inputs, labels } = samples(10);
    const got = core.evaluate({ layers, parameters, inputs, labels });
    expect(got).toEqual({ loss: 10n << 52n, correct: 0, count: 10 });
    expect(codeOf(() => core.predict({ layers, parameters, inputs }))).toBe('CORE_OVERFLOW');
    const single: Layer[] = [{ type: 'dense', inputs: 1, outputs: 2 }];
    const far = Float32Array.of(0, 0, 3e38, -3e38);
    const a = { layers: single, parameters: far, inputs: Uint8Array.of(0), labels: Uint8Array.of(1) };
    expect(core.evaluate(a)).toEqual({ loss: 1n << 52n, correct: 0, count: 1 });
  });

  it('stops at an aborted signal', () => {
    const parameters = core.initialise(layers, 3);
    const signal = AbortSignal.abort();
    expect(codeOf(() => core.evaluate({ layers, parameters, ...samples(10), signal }))).toBe('CORE_ABORTED');
  });
});

describe('refusals', () => {
  const parameters = (): Float32Array => core.initialise(layers, 3);

  it.each<[string, unknown]>([
    ['no layers', []],
    ['not an array', { length: 1 }],
    ['null', null],
    ['ReLU first', [{ type: 'relu' }]],
    ['an unknown kind', [{ type: 'conv', inputs: 1, outputs: 2 }]],
    ['a hole', [null]],
    ['widths that do not chain', [layers[0], { type: 'dense', inputs: 10, outputs: 5 }]],
    ['zero inputs', [{ type: 'dense', inputs: 0, outputs: 2 }]],
    ['a fraction', [{ type: 'dense', inputs: 1.5, outputs: 2 }]],
    ['a negative size', [{ type: 'dense', inputs: -1, outputs: 2 }]],
    ['NaN', [{ type: 'dense', inputs: NaN, outputs: 2 }]],
    ['a width beyond bounds', [{ type: 'dense', inputs: 2 ** 32 + 1, outputs: 2 }]],
    ['too many parameters', Array.from({ length: 2 }, () => ({ type: 'dense', inputs: 65_536, outputs: 65_536 }))],
    ['too many layers', Array.from({ length: 65 }, () => ({ type: 'dense', inputs: 2, outputs: 2 }))],
  ])('refuses layers: %s', (_, bad) => {
    expect(codeOf(() => core.parameterCount(bad as Layer[]))).toBe('CORE_BAD_LAYERS');
    expect(codeOf(() => core.initialise(bad as Layer[], 1))).toBe('CORE_BAD_LAYERS');
  });

  it.each([1, 2 ** 18 + 1])('refuses labels for %d classes', (outputs) => {
    const odd: Layer[] = [{ type: 'dense', inputs: 1, outputs }];
    const a = { layers: odd, parameters: new Float32Array(2 * outputs), ...samples(4) };
    expect(codeOf(() => core.evaluate(a))).toBe('CORE_BAD_LAYERS');
  });

  it('refuses shapes that do not fit', () => {
    const good = { layers, parameters: parameters(), ...samples(4) };
    expect(codeOf(() => core.evaluate({ ...good, parameters: good.parameters.subarray(1) }))).toBe('CORE_BAD_SHAPE');
    expect(codeOf(() => core.evaluate({ ...good, inputs: good.inputs.subarray(1) }))).toBe('CORE_BAD_SHAPE');
    expect(codeOf(() => core.evaluate({ ...good, inputs: new Uint8Array(0), labels: new Uint8Array(0) }))).toBe(
      'CORE_BAD_SHAPE',
    );
    expect(codeOf(() => core.evaluate({ ...good, labels: good.labels.subarray(1) }))).toBe('CORE_BAD_SHAPE');
    expect(codeOf(() => core.predict({ ...good, parameters: new Float32Array(3) }))).toBe('CORE_BAD_SHAPE');
    expect(codeOf(() => core.evaluate({ ...good, inputs: 'x' as unknown as Uint8Array }))).toBe('CORE_BAD_ARGUMENT');
    expect(codeOf(() => core.evaluate({ ...good, parameters: [] as unknown as Float32Array }))).toBe(
      'CORE_BAD_ARGUMENT',
    );
    expect(codeOf(() => core.evaluate(null as never))).toBe('CORE_BAD_ARGUMENT');
  });

  it('refuses labels that are no class', () => {
    const good = { layers, parameters: parameters(), ...samples(4) };
    good.labels[2] = 5;
    expect(codeOf(() => core.evaluate(good))).toBe('CORE_BAD_LABEL');
  });

  it('refuses parameters that are not finite', () => {
    for (const value of [NaN, Infinity, -Infinity]) {
      const bad = parameters();
      bad[bad.length - 1] = value;
      expect(codeOf(() => core.evaluate({ layers, parameters: bad, ...samples(4) }))).toBe('CORE_NOT_FINITE');
      expect(codeOf(() => core.predict({ layers, parameters: bad, inputs: samples(4).inputs }))).toBe(
        'CORE_NOT_FINITE',
      );
    }
  });

  it.each([-1, 0.5, NaN, 2 ** 53, '1'])('refuses the seed %s', (seed) => {
    expect(codeOf(() => core.initialise(layers, seed as number))).toBe('CORE_BAD_ARGUMENT');
  });
});
