import { CoveyError } from '@covey/errors';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { isCoreError } from './errors.ts';
import { instantiate } from './instantiate.ts';
import { loadCore, preAggregators, rules, serverOptimisers } from './index.ts';
import type { Parameters } from './index.ts';
import { testCore, wasmBytes } from './test-fixtures.ts';
import type { Core } from './types.ts';

// Anything at all may come in from a document, an API or a page: the answer is a result or a CoveyError, never a trap,
// a TypeError or a hang, and the core goes on working.

let core: Core;
beforeAll(async () => {
  core = await testCore();
});

const number = fc.oneof(
  fc.integer({ min: -3, max: 12 }),
  fc.constantFrom<unknown>(NaN, Infinity, -0, 0.5, 2 ** 31, 2 ** 32, 2 ** 53, '3', 3n, null, undefined, {}, []),
);
const floats = fc.oneof(
  fc.float32Array({ maxLength: 60 }),
  fc.constantFrom<unknown>(null, undefined, [1, 2], 'abc', new Float64Array(3), new Uint8Array(12), { length: 3 }),
);
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.uint8Array({ maxLength: 12, max: 3 }),
  fc.constantFrom<unknown>(null, undefined, [1, 2], 'abc', new Float32Array(3)),
);
const layer = fc.oneof(
  fc.record({ type: fc.constant('dense'), inputs: number, outputs: number }),
  fc.constant({ type: 'relu' }),
  fc.anything(),
);
const layers = fc.oneof(
  fc.constant([{ type: 'dense', inputs: 3, outputs: 2 }, { type: 'relu' }, { type: 'dense', inputs: 2, outputs: 4 }]),
  fc.array(layer, { maxLength: 4 }),
  fc.anything(),
);
/** Something for each parameter that any of the methods has. */
const anyNumbers = (methods: readonly { parameters: Parameters }[]) =>
  Object.fromEntries(methods.flatMap(({ parameters }) => Object.keys(parameters)).map((name) => [name, number]));
const preStep = fc.oneof(
  fc.record(
    { pre: fc.constantFrom(...preAggregators.map(({ name }) => name), 'toString'), ...anyNumbers(preAggregators) },
    { requiredKeys: ['pre'] },
  ),
  fc.constantFrom({ pre: 'nnm', byzantine: 0 }, { pre: 'bucketing', size: 2, seed: 3 }, { pre: 'clip', norm: 1 }),
  fc.anything(),
);
const rule = fc.oneof(
  fc.record(
    {
      rule: fc.constantFrom(...rules.map(({ name }) => name), 'toString'),
      ...anyNumbers(rules),
      weights: fc.oneof(fc.array(number, { maxLength: 8 }), fc.anything()),
      pre: fc.oneof(
        fc.constant(undefined),
        fc.constant(undefined),
        fc.constant([]),
        fc.array(preStep, { maxLength: 5 }),
        fc.anything(),
      ),
    },
    { requiredKeys: ['rule'] },
  ),
  fc.anything(),
);

function answers(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (isCoreError(error)) return false;
    throw error;
  }
}

/** Runs until both kinds of answer have been seen often: a generator that only makes nonsense proves nothing. */
function check<T>(input: fc.Arbitrary<T>, call: (input: T) => unknown, atLeast = 5): void {
  const seen = { good: 0, refused: 0 };
  fc.assert(
    fc.property(input, (value) => {
      if (answers(() => call(value))) seen.good++;
      else seen.refused++;
    }),
    { numRuns: 1500, seed: 77 },
  );
  expect(seen.good).toBeGreaterThanOrEqual(atLeast);
  expect(seen.refused).toBeGreaterThanOrEqual(5);
}

describe('hostile input', () => {
  it('aggregate', () => {
    const updates = fc.oneof(
      fc.record({ n: fc.integer({ min: 1, max: 12 }), d: fc.integer({ min: 1, max: 9 }) }).chain(({ n, d }) =>
        fc.array(fc.float32Array({ minLength: d, maxLength: d, noNaN: true, noDefaultInfinity: true }), {
          minLength: n,
          maxLength: n,
        }),
      ),
      fc.array(floats, { maxLength: 5 }),
      fc.anything(),
    );
    check(fc.tuple(rule, updates), ([r, u]) => core.aggregate(r as never, u as never), 50);
  });

  it('arrays with holes', () => {
    const row = Float32Array.of(1);
    const holes = [row, row, row];
    Reflect.deleteProperty(holes, 1);
    expect(answers(() => core.aggregate({ rule: 'median' }, holes))).toBe(false);
    const sparse: unknown[] = [{ type: 'dense', inputs: 3, outputs: 2 }];
    sparse.length = 3;
    expect(answers(() => core.parameterCount(sparse as never))).toBe(false);
    const weights = [1, 1, 1];
    Reflect.deleteProperty(weights, 1);
    expect(answers(() => core.aggregate({ rule: 'fedavg', weights }, [row, row, row]))).toBe(false);
  });

  it('evaluate and predict', () => {
    const parameters = fc.oneof(
      fc.float32Array({ minLength: 20, maxLength: 20, noNaN: true, noDefaultInfinity: true }),
      floats,
    );
    check(fc.record({ layers, parameters, inputs: bytes, labels: bytes }), (a) => core.evaluate(a as never), 1);
    check(fc.record({ layers, parameters, inputs: bytes }), (a) => core.predict(a as never));
  });

  it('train', () => {
    const good = {
      layers: [{ type: 'dense', inputs: 3, outputs: 2 }],
      parameters: new Float32Array(8),
      inputs: new Uint8Array(12),
      labels: new Uint8Array(4),
      epochs: 1,
      batchSize: 2,
      learningRate: 0.1,
      momentum: 0.5,
      seed: 1,
    };
    expect(answers(() => core.train(good as never))).toBe(true);
    const odd = fc.record({
      layers,
      parameters: floats,
      inputs: bytes,
      labels: bytes,
      epochs: number,
      batchSize: number,
      learningRate: number,
      momentum: number,
      seed: number,
      onProgress: fc.anything(),
      signal: fc.anything(),
    });
    const keys = fc.subarray(Object.keys(good).concat('onProgress', 'signal'), { maxLength: 2 });
    check(fc.tuple(odd, keys), ([change, taken]) => {
      const part = Object.fromEntries(Object.entries(change).filter(([key]) => taken.includes(key)));
      return core.train({ ...good, ...part } as never);
    });
  });

  it('adaptive, initialise, add, isFinite, expectedSha256', async () => {
    const adaptive = fc.record({
      rule: fc.constantFrom(...serverOptimisers.map(({ name }) => name), 'sgd'),
      start: fc.oneof(fc.constant(new Float32Array(2)), floats),
      deltas: fc.oneof(fc.constant([new Float32Array(2), Float32Array.of(1, -1)]), fc.array(floats), fc.anything()),
      learningRate: fc.oneof(fc.constant(0.1), number),
      beta1: fc.oneof(fc.constant(0.9), number),
      beta2: fc.oneof(fc.constant(0.99), number),
      tau: fc.oneof(fc.constant(0.001), number),
    });
    check(adaptive, (a) => core.adaptive(a as never));
    check(fc.tuple(layers, number), ([l, s]) => core.initialise(l as never, s as never));
    check(fc.tuple(floats, floats), ([a, b]) => core.add(a as never, b as never), 1);
    check(floats, (v) => core.isFinite(v as never));
    for (const expectedSha256 of [null, 5, {}, '', '0x']) {
      await expect(loadCore(await wasmBytes(), { expectedSha256: expectedSha256 as never })).rejects.toThrow(
        CoveyError,
      );
    }
  });

  it('leaves nothing behind in the arena', async () => {
    const { arena } = await instantiate(await wasmBytes());
    expect(arena.used).toBe(0);
    expect(() => arena.scope(() => arena.allocate(2 ** 33))).toThrow(CoveyError);
    expect(arena.used).toBe(0);
  });

  it('still works afterwards', () => {
    expect(
      core.aggregate({ rule: 'median' }, [Float32Array.of(3), Float32Array.of(1), Float32Array.of(2)]).result,
    ).toEqual(Float32Array.of(2));
  });
});
