import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCore } from '../index.ts';
import { instantiate, type CoreInstance } from '../instantiate.ts';
import { evaluate } from '../network.ts';
import { anyF32, bitsOf, copyRows, digitLayers, digits, f32Rows, wasmBytes } from '../test-fixtures.ts';
import type { Core } from '../types.ts';
import { attributedMean } from './attributed-mean.ts';
import { clippedRows } from './clipped-rows.ts';
import { directionsOf, inner } from './directions.ts';
import type { AttributionParameters, ShardLoss } from './types.ts';
import { MOST_PREDICTIONS, units } from './units.ts';
import { checkAttributionVectors } from './vectors.ts';
import { lowerQuantile } from './quantile.ts';

const vectors = JSON.parse(readFileSync(new URL('../../vectors/attribution.json', import.meta.url), 'utf8')) as {
  cases: { expected: { selected: number[]; contributions: number[] } }[];
};

let cores: Core[];
let instance: CoreInstance;
beforeAll(async () => {
  const bytes = await wasmBytes();
  instance = await instantiate(bytes);
  cores = await Promise.all([1, 2, 3].map((threads) => loadCore(bytes, { threads })));
});
afterAll(() => cores.forEach((core) => core.close()));

const layers = digitLayers;
const shard = digits('t10k', 120);
const parts = Array.from({ length: 5 }, (_, i) => {
  const { inputs, labels } = digits('train', 500);
  return { inputs: inputs.subarray(i * 78_400, (i + 1) * 78_400), labels: labels.subarray(i * 100, (i + 1) * 100) };
});
const training = { layers, epochs: 1, batchSize: 20, learningRate: 0.1, momentum: 0, seed: 3 };

/** A round of five nodes on digits, of which the last sends the opposite of its work. */
function round(core: Core, more: Partial<AttributionParameters<ShardLoss>> = {}) {
  const base = core.initialise(layers, 1);
  const updates = parts.map((part, i) => {
    const update = core.subtract(core.train({ ...training, ...part, parameters: base }), base);
    return i === 4 ? update.map((value) => -value) : update;
  });
  const evaluate = (parameters: Float32Array) => Promise.resolve(core.evaluate({ layers, ...shard, parameters }));
  const known = core.gradient({ layers, ...digits('t10k', 40), parameters: base });
  const parameters: AttributionParameters<ShardLoss> = {
    base: { parameters: base, evaluation: core.evaluate({ layers, ...shard, parameters: base }) },
    updates,
    seats: [3, 1, 2, 5, 4],
    publicDirections: [base, known.map((value) => value * -0.1)],
    known,
    clip: 0,
    predictions: 120,
    evaluate,
    gradient: (at) => Promise.resolve(core.gradient({ layers, ...shard, parameters: at })),
    ...more,
  };
  return parameters;
}

const sum = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n);

describe('attributed mean', () => {
  it('passes the golden vectors', async () => {
    expect(await checkAttributionVectors(cores[0]!, vectors)).toEqual({ passed: 16, failed: 0, failures: [] });
  });

  it('fails vectors that expect something else', async () => {
    const [first] = vectors.cases;
    const other = (expected: object) => ({ cases: [{ ...first, expected: { ...first!.expected, ...expected } }] });
    const contributions = first!.expected.contributions.map((value) => value * 1.001);
    for (const wrong of [{ selected: [0] }, { contributions }, { delta: [1] }]) {
      expect(await checkAttributionVectors(cores[0]!, other(wrong))).toMatchObject({ passed: 0, failed: 1 });
    }
    expect(await checkAttributionVectors(cores[0]!, { cases: [{}] })).toMatchObject({ failed: 1 });
  });

  it.each([0, 5])(
    'gives the same bits with any number of threads and any reading of its rows (clip %d)',
    async (clip) => {
      const results = await Promise.all(
        cores.map(async (core) => {
          const given = round(core, { clip });
          const rows = given.updates as Float32Array[];
          const source = {
            n: rows.length,
            d: rows[0]!.length,
            read: (row: number, from: number, to: number, into: Float32Array) =>
              into.set(rows[row]!.subarray(from, to)),
          };
          const whole = await core.attributedMean(given);
          expect(await core.attributedMean({ ...given, updates: source })).toEqual(whole);
          return { bits: bitsOf(whole.outcome!.delta), updates: whole.updates, step: whole.outcome!.step };
        }),
      );
      for (const result of results) expect(result).toEqual(results[0]);
    },
  );

  it('lowers the loss, and neither uses nor pays who works against it', async () => {
    const given = round(cores[0]!);
    const { outcome, updates } = await cores[0]!.attributedMean(given);
    expect(outcome!.evaluation.loss).toBeLessThan(given.base.evaluation.loss);
    expect(updates.map(({ role }) => role)).toEqual(['selected', 'selected', 'selected', 'selected', 'tried']);
    expect(updates[4]!.contribution).toBe(0n);
    expect(updates.slice(0, 4).every(({ contribution }) => contribution > 0n)).toBe(true);
  });

  it('pays an update that is split over identities as much as when it was one', async () => {
    const given = round(cores[0]!);
    const rows = given.updates as Float32Array[];
    const whole = await cores[0]!.attributedMean(given);
    const split = await cores[0]!.attributedMean({
      ...given,
      updates: [...rows.slice(0, 3), rows[3]!, rows[3]!, rows[3]!, rows[4]!],
      seats: [3, 1, 2, 1, 3, 1, 4],
    });
    const one = whole.updates[3]!.contribution;
    const three = sum(split.updates.slice(3, 6).map(({ contribution }) => contribution));
    expect(Math.abs(Number(three - one) / Number(one))).toBeLessThan(1e-5);
  });

  it('gains nothing by boosting, and leaves out what is faint', async () => {
    const given = round(cores[0]!);
    const rows = given.updates as Float32Array[];
    const times = (factor: number) => rows.map((row, i) => (i === 1 ? row.map((value) => value * factor) : row));
    const [plain, boosted, faint] = await Promise.all(
      [1, 1000, 1e-6].map((factor) => cores[0]!.attributedMean({ ...given, updates: times(factor) })),
    );
    const contribution = (of: typeof plain) => Number(of!.updates[1]!.contribution);
    expect(contribution(boosted)).toBeLessThan(contribution(plain) * 1.3);
    expect(faint!.updates[1]).toEqual({ role: 'left-out', contribution: 0n });
  });

  it('keeps the base where nothing lowers the loss', async () => {
    const given = round(cores[0]!);
    const worse = (given.updates as Float32Array[]).map((row, i) => (i === 4 ? row : row.map((value) => -value)));
    const { outcome, updates } = await cores[0]!.attributedMean({ ...given, updates: worse });
    expect(outcome).toBeNull();
    expect(sum(updates.map(({ contribution }) => contribution))).toBe(0n);
  });

  it('answers absurd updates with a result, never with an error', async () => {
    const [core] = cores;
    const tiny = [{ type: 'dense', inputs: 2, outputs: 2 } as const];
    const samples = {
      layers: tiny,
      inputs: Uint8Array.from([9, 200, 120, 3, 50, 50]),
      labels: Uint8Array.from([0, 1, 1]),
    };
    const rows = fc.integer({ min: 1, max: 5 }).chain((n) => f32Rows(anyF32(), n + 3, 6));
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom(0, 0.5, 5), async ([base, direction, known, ...updates], clip) => {
        const evaluate = (parameters: Float32Array) => Promise.resolve(core!.evaluate({ ...samples, parameters }));
        const { outcome, updates: found } = await core!.attributedMean({
          base: { parameters: base!, evaluation: await evaluate(base!) },
          updates,
          seats: updates.map((_, i) => i + 1),
          publicDirections: [base!, direction!],
          known,
          clip,
          predictions: 3,
          evaluate,
          gradient: () => Promise.resolve(known),
        });
        expect(found).toHaveLength(updates.length);
        for (const { contribution } of found) expect(contribution >= 0n && contribution <= 2n ** 80n).toBe(true);
        if (outcome) expect(core!.isFinite(outcome.delta) && core!.isFinite(outcome.parameters)).toBe(true);
      }),
      { numRuns: 300, seed: 12 },
    );
  });

  it('gives the same whether rows are kept in memory or read anew, and leaves nothing there', async () => {
    for (const clip of [0, 2]) {
      // Asked of the same core, whose memory the rows are in.
      const ask = (parameters: Float32Array) => Promise.resolve(evaluate(instance, { layers, ...shard, parameters }));
      const given = round(cores[0]!, { clip, evaluate: ask });
      const kept = await attributedMean(instance, given);
      expect(instance.arena.used).toBe(0);
      // Memory is held already, as by another round that is scored at the same time.
      const other = instance.arena.hold(64)!;
      expect(instance.arena.hold(64)).toBeUndefined();
      expect(await attributedMean(instance, given)).toEqual(kept);
      other.release();
      expect(instance.arena.used).toBe(0);
      // A call inside of another's scope holds nothing: that scope would free it.
      instance.arena.scope(() => expect(instance.arena.hold(64)).toBeUndefined());
      expect(await Promise.all([attributedMean(instance, given), attributedMean(instance, given)])).toEqual([
        kept,
        kept,
      ]);
      expect(instance.arena.used).toBe(0);
    }
  });

  it('frees what it kept where an update is no number, or its source fails', async () => {
    const given = round(cores[0]!);
    const broken = { ...given, updates: given.updates as Float32Array[] };
    broken.updates = broken.updates.map((update, i) => (i === 3 ? update.map(() => NaN) : update));
    await expect(attributedMean(instance, broken)).rejects.toMatchObject({ code: 'CORE_NOT_FINITE' });
    expect(instance.arena.used).toBe(0);
    expect(instance.arena.hold(64)).toBeDefined();
  });

  it('hears an abort, shows progress and refuses what does not fit', async () => {
    const [core] = cores;
    const stop = new AbortController();
    const seen: number[] = [];
    const given = round(core!, {
      signal: stop.signal,
      onProgress: (done, total) => {
        seen.push(done / total);
        if (done === 3) stop.abort();
      },
    });
    await expect(core!.attributedMean(given)).rejects.toMatchObject({ code: 'CORE_ABORTED' });
    expect(seen).toHaveLength(3);
    expect(seen.every((part) => part > 0 && part < 1)).toBe(true);
    const many = (count: number) => ({
      publicDirections: new Array<Float32Array>(count).fill(round(core!).base.parameters),
    });
    const seats = [
      [1, 1],
      [0, 1, 1, 1, 1],
      [1024, 1, 1, 1, 1],
    ];
    for (const wrong of [...seats.map((seats) => ({ seats })), { clip: -1 }, many(17)]) {
      await expect(core!.attributedMean(round(core!, wrong))).rejects.toMatchObject({ code: 'CORE_BAD_ARGUMENT' });
    }
    expect((await core!.attributedMean(round(core!, many(16)))).outcome).not.toBeNull();
    const short = { known: new Float32Array(3) };
    await expect(core!.attributedMean(round(core!, short))).rejects.toMatchObject({ code: 'CORE_BAD_SHAPE' });
  });
});

describe('its parts', () => {
  it('products of rows: equal bits of SIMD and scalar', () => {
    const { arena, exports } = instance;
    const sizes = fc.tuple(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 1, max: 2100 }),
      fc.constantFrom(0, 1),
    );
    fc.assert(
      fc.property(sizes, fc.integer(), ([n, k, d, squares], seed) => {
        arena.scope(() => {
          let state = Math.abs(seed % 1000) + 1;
          const next = () => (state = (state * 48_271) % 2_147_483_647) / 2 ** 20 - 1000;
          const rows = copyRows(
            instance,
            Array.from({ length: n }, () => Float32Array.from({ length: d }, next)),
          );
          const others = arena.copyIn(
            Uint32Array.from({ length: k }, () => arena.copyIn(Float64Array.from({ length: d }, next))),
          );
          const out = [0, 1].map(() => arena.allocate(n * (k + squares) * 8));
          for (const at of out) arena.f64(at, n * (k + squares)).fill(0);
          exports.rowProductsSimd(rows, n, others, k, squares, 0, d, out[0]!);
          exports.rowProductsScalar(rows, n, others, k, squares, 0, d, out[1]!);
          const bits = out.map((at) => Array.from(arena.u64(at, n * (k + squares)), String));
          expect(bits[0]).toEqual(bits[1]);
        });
      }),
      { numRuns: 50, seed: 3 },
    );
  });

  it('products of the largest f32 rows are finite', () => {
    const { arena, exports } = instance;
    arena.scope(() => {
      const d = 4096;
      const rows = copyRows(instance, [new Float32Array(d).fill(3.4028234663852886e38)]);
      const out = arena.allocate(8);
      arena.f64(out, 1).fill(0);
      exports.rowProductsSimd(rows, 1, 0, 0, 1, 0, d, out);
      expect(arena.f64(out, 1)[0]! / (3.4028234663852886e38 ** 2 * d)).toBeCloseTo(1, 12);
    });
  });

  it('directions are orthonormal, and what is a combination of others is none', () => {
    const [a, b] = [Float32Array.from([3, 4, 0, 1]), Float32Array.from([1, 0.25, 2, 0])];
    const both = a.map((value, i) => value * 2 - b[i]! * 3);
    const { basis, descent } = directionsOf(instance, [a, new Float32Array(4), b, both], Float32Array.from(a));
    expect(basis).toHaveLength(2);
    expect(descent).toBeUndefined();
    expect(inner(basis[0]!, basis[0]!)).toBeCloseTo(1, 14);
    expect(inner(basis[1]!, basis[1]!)).toBeCloseTo(1, 14);
    expect(inner(basis[0]!, basis[1]!)).toBeCloseTo(0, 14);
  });

  it('clips each column at its median magnitude, by seats', () => {
    const rows = [Float32Array.from([1, -9, 0]), Float32Array.from([2, 1, 0]), Float32Array.from([50, 3, 7])];
    const source = {
      n: 3,
      d: 3,
      read: (row: number, from: number, to: number, into: Float32Array) => into.set(rows[row]!.subarray(from, to)),
    };
    const clipped = clippedRows(instance, source, { scales: [1, 2, 1], seats: [1, 2, 2], clip: 2 }, {});
    const read = (row: number) => {
      const into = new Float32Array(3);
      clipped.read(row, 0, 3, into);
      return Array.from(into);
    };
    // Magnitudes by seats: 1 4 4 50 50, 2 2 3 3 9, 0 0 0 7 7; lower medians 4, 3, 0.
    expect([read(0), read(1), read(2)]).toEqual([
      [1, -6, 0],
      [4, 2, 0],
      [8, 3, 0],
    ]);
  });

  it('takes medians by weight', () => {
    expect(lowerQuantile([5, 1, 3], [1, 1, 1])).toBe(3);
    expect(lowerQuantile([5, 1, 3, 4], [1, 1, 1, 1])).toBe(3);
    expect(lowerQuantile([5, 1], [9, 1])).toBe(5);
    expect(lowerQuantile([1, 2, 3, 4], [1, 1, 1, 1], 0.75)).toBe(3);
  });

  it('contributions are whole units up to the largest loss, and nothing where there is no number', () => {
    expect([2 ** 80, 2 ** 81, Infinity].map(units)).toEqual([2n ** 80n, 2n ** 80n, 2n ** 80n]);
    expect([NaN, -1, 0, 0.99, 1.99].map(units)).toEqual([0n, 0n, 0n, 0n, 1n]);
  });

  it('predictions are as many as a shard has bytes at most', async () => {
    const few = round(cores[0]!, { predictions: MOST_PREDICTIONS + 1 });
    await expect(cores[0]!.attributedMean(few)).rejects.toMatchObject({ code: 'CORE_BAD_ARGUMENT' });
  });
});
