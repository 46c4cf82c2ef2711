import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { isCoreError } from './errors.ts';
import { networkLayout } from './network.ts';
import { referenceOutputs } from './reference-network.ts';
import { f32Array, integers, testCore } from './test-fixtures.ts';
import type { Core, Inputs, Labels, Layer } from './types.ts';
import { integerType, valueTypeOf, valueTypes } from './values.ts';

// What samples and targets may be made of: every type of value, its bounds, and what is refused.

let core: Core;
beforeAll(async () => {
  core = await testCore();
});

const dense = (inputs: number, outputs: number): Layer => ({ type: 'dense', inputs, outputs });
const job = { epochs: 1, batchSize: 4, learningRate: 0.1, momentum: 0, seed: 1 };

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isCoreError(error)) return error.code;
    throw error;
  }
  return 'nothing thrown';
}

const firsts: Record<string, Layer[]> = {
  flat: [dense(18, 7), { type: 'tanh' }, dense(7, 3)],
  image: [
    { type: 'image', channels: 2, height: 3, width: 3 },
    { type: 'conv2d', inputs: 2, outputs: 2, kernel: [3, 3], padding: [1, 1] },
    { type: 'tanh' },
    { type: 'flatten' },
    dense(18, 3),
  ],
};

/** Nine samples of 18 values, and what each value stands for. */
const features: Record<string, () => { inputs: Inputs; value: (raw: number) => number }> = {
  u8: () => ({ inputs: drawn(Uint8Array, 256, 0), value: (raw) => raw / 255 }),
  f32: () => ({ inputs: drawn(Float32Array, 2001, -1000).map((v) => v / 700), value: (raw) => raw }),
  i32: () => ({ inputs: drawn(Int32Array, 7, -3), value: (raw) => raw }),
};

function drawn<A extends Inputs>(type: { from(a: ArrayLike<number>): A }, below: number, shift: number): A {
  const next = integers(31);
  return type.from(Array.from({ length: 9 * 18 }, () => next(below) + shift));
}

describe.each(Object.entries(firsts))('%s inputs', (_, layers) => {
  it.each(Object.entries(features))('of %s give what plain f64 loops give', (__, make) => {
    const { inputs, value } = make();
    const parameters = core.initialise(layers, 3);
    const got = core.outputs({ layers, parameters, inputs });
    for (let s = 0; s < 9; s++) {
      const sample = Array.from(inputs.subarray(s * 18, (s + 1) * 18), value);
      referenceOutputs(layers, parameters, sample).forEach((expected, j) => {
        expect(Math.abs(got[s * 3 + j]! - expected)).toBeLessThan(1e-5);
      });
    }
  });
});

it('the same values of any type are scored and learnt alike', () => {
  const layers = firsts['flat']!;
  const parameters = core.initialise(layers, 3);
  const bytes = drawn(Uint8Array, 2, 0).map((bit) => bit * 255);
  const labels = Uint8Array.from({ length: 9 }, (_, i) => i % 3);
  // f32(1/255) · 255 rounds to 1.
  const ones = [bytes, Float32Array.from(bytes, (v) => v / 255), Int32Array.from(bytes, (v) => v / 255)];
  const [first, ...others] = ones.map((inputs) => {
    const trained = core.train({ ...job, layers, parameters, inputs, labels });
    return { trained, scored: core.evaluate({ layers, parameters: trained, inputs, labels }) };
  });
  for (const other of others) expect(other).toEqual(first);
});

describe('real targets', () => {
  const layers = [dense(4, 5), { type: 'tanh' } as Layer, dense(5, 2)];
  const inputs = Float32Array.from({ length: 24 }, (_, i) => Math.sin(i));
  const labels = Float32Array.from({ length: 12 }, (_, i) => Math.cos(i * 7) * 3);
  const loss = 'squared-error';

  function reference(parameters: ArrayLike<number>): number {
    let total = 0;
    for (let s = 0; s < 6; s++) {
      const out = referenceOutputs(layers, parameters, inputs.subarray(s * 4, s * 4 + 4));
      out.forEach((z, j) => (total += (z - labels[s * 2 + j]!) ** 2 / 2));
    }
    return total / 6;
  }

  it('are scored and learnt along the finite differences', () => {
    const parameters = core.initialise(layers, 3);
    const { loss: units, correct, count } = core.evaluate({ layers, parameters, inputs, labels, loss });
    expect([correct, count]).toEqual([0, 6]);
    expect(Math.abs(Number(units) / 2 ** 32 / 6 - reference(parameters))).toBeLessThan(1e-5);
    const rate = { ...job, batchSize: 6, learningRate: 1 };
    const after = core.train({ ...rate, layers, parameters, inputs, labels, loss });
    const at = Float64Array.from(parameters);
    at.forEach((value, i) => {
      at[i] = value + 1e-5;
      const above = reference(at);
      at[i] = value - 1e-5;
      const slope = (above - reference(at)) / 2e-5;
      at[i] = value;
      expect(Math.abs(value - after[i]! - slope), `parameter ${i}`).toBeLessThan(1e-5);
    });
  });

  it('that are bytes / 255 as f32 count as bytes do', () => {
    const bytes = Uint8Array.from({ length: 12 }, (_, i) => i * 23);
    const same = Float32Array.from(bytes, (byte) => Math.fround(byte * Math.fround(1 / 255)));
    const [a, b] = [bytes, same].map((targets) => {
      const parameters = core.train({
        ...job,
        layers,
        parameters: core.initialise(layers, 1),
        inputs,
        labels: targets,
        loss,
      });
      return [parameters, core.evaluate({ layers, parameters, inputs, labels: targets, loss })];
    });
    expect(a).toEqual(b);
  });

  it('as far apart as f32 reaches cost the cap, and training on them diverges with a code', () => {
    const narrow = [dense(1, 1)];
    const most = 3.4028234663852886e38;
    const far = { layers: narrow, inputs: Float32Array.of(1), labels: Float32Array.of(most), loss } as const;
    expect(core.evaluate({ ...far, parameters: Float32Array.of(-most, 0) }).loss).toBe(1n << 52n);
    const learning = { ...far, ...job, parameters: Float32Array.of(-most, 0) };
    expect(codeOf(() => core.train(learning))).toBe('CORE_DIVERGED');
  });
});

describe('many classes', () => {
  // The bound of each type, and one beyond.
  it.each([256, 257, 65_536, 65_537, 262_144])('%d classes are labelled in the narrowest type', (classes) => {
    const layers = [dense(1, classes)];
    const labels = new valueTypes[integerType(classes)].Array(3) as Labels;
    labels.set([0, classes - 1, classes >> 1]);
    const parameters = new Float32Array(2 * classes);
    // A bias of 40 on the last class: certain of it to the last bit of a loss.
    parameters[2 * classes - 1] = 40;
    const given = { layers, parameters, inputs: Uint8Array.of(0, 0, 0), labels };
    const { loss, correct, withinTop } = core.measure({ ...given, top: classes });
    expect([correct, withinTop]).toEqual([1, 3]);
    expect(Number(loss) / 2 ** 32).toBeCloseTo(80, 6);
    const learnt = core.train({ ...job, ...given, batchSize: 3 });
    expect(learnt[classes]).toBeGreaterThan(0);
    labels[1] = classes - 1;
    for (const type of ['u8', 'u16', 'u32', 'i32', 'f32'] as const) {
      if (type === integerType(classes)) continue;
      const other = { ...given, labels: new valueTypes[type].Array(3) as Labels };
      expect(
        codeOf(() => core.evaluate(other)),
        type,
      ).toBe('CORE_BAD_ARGUMENT');
    }
    if (classes === 256 || classes === 65_536) return;
    labels[1] = classes;
    expect(codeOf(() => core.evaluate(given))).toBe('CORE_BAD_LABEL');
  });
});

describe('tokens', () => {
  it.each([256, 257, 65_536, 65_537, 262_144])('of a vocabulary of %d', (vocabulary) => {
    const layers: Layer[] = [{ type: 'embedding', vocabulary, length: 2, width: 1 }, dense(1, vocabulary)];
    const last = vocabulary - 1;
    const inputs = new valueTypes[integerType(vocabulary)].Array(6) as Inputs;
    inputs.set([last, 1, last, 0, last, 2]);
    const parameters = new Float32Array(networkLayout(layers).parameterCount);
    parameters[last] = 1;
    // What is said after the last token is the last token again; after any other, the lowest of equal ones: 0.
    parameters[vocabulary + last] = 30;
    const { correct, count } = core.evaluate({ layers, parameters, inputs });
    expect([correct, count]).toEqual([0, 4]);
    const after = inputs.slice();
    after.set([last, last, 0, 0, 0, last]);
    expect(core.evaluate({ layers, parameters, inputs: after }).correct).toBe(2);
    const learnt = core.train({ ...job, layers, parameters, inputs });
    expect(learnt[last]).not.toBe(1);
    // Only a target: its own vector stays.
    expect(learnt[2]).toBe(0);
    for (const type of ['u8', 'u16', 'u32', 'i32', 'f32'] as const) {
      if (type === integerType(vocabulary)) continue;
      const other = new valueTypes[type].Array(6) as Inputs;
      expect(
        codeOf(() => core.evaluate({ layers, parameters, inputs: other })),
        type,
      ).toBe('CORE_BAD_ARGUMENT');
    }
    if (vocabulary === 256 || vocabulary === 65_536) return;
    after[5] = vocabulary;
    expect(codeOf(() => core.evaluate({ layers, parameters, inputs: after }))).toBe('CORE_BAD_LABEL');
  });

  it('are at most 262,144', () => {
    const layers: Layer[] = [{ type: 'embedding', vocabulary: 262_145, length: 1, width: 1 }, dense(1, 262_145)];
    expect(codeOf(() => core.parameterCount(layers))).toBe('CORE_BAD_LAYERS');
  });
});

describe('refusals', () => {
  const layers = [dense(3, 2)];
  const parameters = new Float32Array(8);

  it.each([NaN, Infinity, -Infinity])('%s among features or real targets', (bad) => {
    const given = { layers, parameters, loss: 'squared-error' } as const;
    // The second chunk of samples is looked at as the first.
    for (const at of [0, 3 * 299 + 2]) {
      const inputs = new Float32Array(900);
      inputs[at] = bad;
      const labels = new Float32Array(600);
      for (const work of [core.evaluate, core.predict, core.outputs]) {
        expect(codeOf(() => work({ ...given, inputs, labels }))).toBe('CORE_NOT_FINITE');
      }
      expect(codeOf(() => core.train({ ...job, ...given, inputs, labels }))).toBe('CORE_NOT_FINITE');
      inputs[at] = 0;
      labels[599] = bad;
      expect(codeOf(() => core.evaluate({ ...given, inputs, labels }))).toBe('CORE_NOT_FINITE');
      expect(codeOf(() => core.train({ ...job, ...given, inputs, labels }))).toBe('CORE_NOT_FINITE');
    }
  });

  it('says where the value stands', () => {
    const inputs = new Float32Array(900);
    inputs[898] = NaN;
    expect(() => core.predict({ layers, parameters, inputs })).toThrow(/index 898/);
  });

  it('other arrays as features', () => {
    for (const inputs of [new Uint16Array(3), new Uint32Array(3), new Float64Array(3), new Int8Array(3), [1, 2, 3]]) {
      expect(codeOf(() => core.predict({ layers, parameters, inputs: inputs as Inputs }))).toBe('CORE_BAD_ARGUMENT');
    }
  });

  it('other arrays as real targets', () => {
    const given = { layers, parameters, inputs: new Uint8Array(3), loss: 'squared-error' } as const;
    for (const labels of [new Uint16Array(2), new Int32Array(2), new Float64Array(2)]) {
      expect(codeOf(() => core.evaluate({ ...given, labels: labels as Labels }))).toBe('CORE_BAD_ARGUMENT');
    }
  });
});

it('a call takes 2^24 samples and no more', () => {
  const layers = [dense(1, 1)];
  const parameters = Float32Array.of(1, 0);
  const inputs = new Uint8Array(2 ** 24);
  // The last sample is the only one that is wrong, by 1.
  inputs[2 ** 24 - 1] = 255;
  const given = { layers, parameters, loss: 'squared-error' } as const;
  const { loss, count } = core.evaluate({ ...given, inputs, labels: new Float32Array(2 ** 24) });
  expect([loss, count]).toEqual([1n << 32n, 2 ** 24]);
  const beyond = { ...given, inputs: new Uint8Array(2 ** 24 + 1), labels: new Float32Array(2 ** 24 + 1) };
  expect(codeOf(() => core.evaluate(beyond))).toBe('CORE_BAD_SHAPE');
});

it('outputs that no host holds are refused with a code', () => {
  // 2^20 samples of 2^18 outputs: 2^40 bytes.
  const layers = [dense(1, 2 ** 18)];
  const given = { layers, parameters: new Float32Array(2 ** 19), inputs: new Uint8Array(2 ** 20) };
  expect(codeOf(() => core.outputs(given))).toBe('CORE_OUT_OF_MEMORY');
});

it('a view is read inside its bounds, whatever its buffer holds around it', () => {
  const layers = [dense(3, 2)];
  fc.assert(
    fc.property(f32Array(fc.float({ noNaN: true, min: -9, max: 9 }), 6), (values) => {
      const whole = new Float32Array(60).fill(NaN);
      whole.set(values, 30);
      const inputs = whole.subarray(30, 36);
      const parameters = core.initialise(layers, 2);
      expect(core.outputs({ layers, parameters, inputs })).toEqual(
        core.outputs({ layers, parameters, inputs: values }),
      );
    }),
    { numRuns: 20, seed: 5 },
  );
  // Buffers of Node share one pool.
  const pooled = Buffer.from([9, 1, 2, 3]).subarray(1);
  const a = { layers, parameters: core.initialise(layers, 2) };
  expect(core.outputs({ ...a, inputs: pooled })).toEqual(core.outputs({ ...a, inputs: Uint8Array.of(1, 2, 3) }));
});

it('types are told by their tag, in any realm', () => {
  for (const [type, known] of Object.entries(valueTypes)) expect(valueTypeOf(new known.Array(1))).toBe(type);
  expect(valueTypeOf(new Uint8ClampedArray(1))).toBe('u8');
  for (const other of [new Float64Array(1), new Int8Array(1), [1], null, undefined, {}]) {
    expect(valueTypeOf(other)).toBeUndefined();
  }
});
