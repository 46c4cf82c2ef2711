import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aggregateBy } from '../aggregate.ts';
import type { Rule } from '../check-rule.ts';
import { leastUpdates, preAggregators, rules, suitedRule } from '../index.ts';
import { instantiate, type CoreInstance } from '../instantiate.ts';
import { rowSource } from '../row-source.ts';
import { anyF32, f32Array, f32Rows, integers, wasmBytes } from '../test-fixtures.ts';
import { effectiveParts } from './effective-parts.ts';

let instances: CoreInstance[];
let core: CoreInstance;
beforeAll(async () => {
  const bytes = await wasmBytes();
  instances = await Promise.all([1, 2, 3].map((threads) => instantiate(bytes, { threads })));
  core = instances[0]!;
});
afterAll(() => instances.forEach(({ threads }) => threads.close()));

function partsOf(of: CoreInstance, rule: Rule, updates: Float32Array[], seats: number[], slopes: Float64Array) {
  const { result, selected, combination } = aggregateBy(of, rule, updates, { seats });
  return { result, selected, parts: effectiveParts(of, rowSource(updates), combination, slopes, {}) };
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
const repeat = <T>(values: readonly T[], seats: readonly number[]): T[] =>
  values.flatMap((value, i) => new Array<T>(seats[i]!).fill(value));

/** Of the values of a column, with copies: equal ones share what the window has of their run. */
function masks(values: readonly number[], low: number, high: number): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  return values.map((value) => {
    const run = sorted.flatMap((other, k) => (other === value ? [k] : []));
    return run.filter((k) => k >= low && k < high).length / run.length / (high - low);
  });
}

/** Bulyan's window: the farther end is dropped, of equally far ones the upper. */
function nearestWindow(values: readonly number[], keep: number): [number, number] {
  const sorted = values.toSorted((a, b) => a - b);
  const n = sorted.length;
  const median = (sorted[(n - 1) >> 1]! + sorted[n >> 1]!) / 2;
  let [low, high] = [0, n];
  while (high - low > keep) {
    if (sorted[high - 1]! - median >= median - sorted[low]!) high--;
    else low++;
  }
  return [low, high];
}

/** W of bucketing does not depend on the values: read out of a core that averages unit vectors. */
function bucketWeights(n: number, size: number, seed: number): number[][] {
  const made = Math.ceil(n / size);
  const unit = Array.from({ length: n }, (_, i) => Float32Array.from({ length: n }, (_, j) => Number(i === j)));
  return Array.from({ length: made }, (_, bucket) => {
    const weights = Array.from({ length: made }, (_, j) => Number(j === bucket));
    const { result } = aggregateBy(core, { rule: 'fedavg', weights, pre: [{ pre: 'bucketing', size, seed }] }, unit);
    return Array.from(result);
  });
}

function neighbourWeights(rows: readonly Float32Array[], byzantine: number): number[][] {
  const kept = rows.length - byzantine;
  return rows.map((row) => {
    const apart = rows.map((other) => total(Array.from(row, (value, c) => (value - other[c]!) ** 2)));
    const order = rows.map((_, j) => j).sort((a, b) => apart[a]! - apart[b]! || a - b);
    return rows.map((_, j) => (order.indexOf(j) < kept ? 1 / kept : 0));
  });
}

/** Weights of each update in each column, by their definition. */
function reference(rule: Rule, updates: Float32Array[], seats: number[], selected: number[] | undefined): number[][] {
  const rows = repeat(updates, seats);
  const identity = rows.map((_, i) => rows.map((_, j) => Number(i === j)));
  const [step] = rule.pre ?? [];
  const w =
    step?.pre === 'nnm'
      ? neighbourWeights(rows, step.byzantine)
      : step?.pre === 'bucketing'
        ? bucketWeights(rows.length, step.size, step.seed)
        : identity;
  const owner = repeat(
    updates.map((_, i) => i),
    seats,
  );
  const weights = updates.map((update) => Array.from(update, () => 0));
  updates[0]!.forEach((_, c) => {
    // Values as the core holds them: f32, in which exact fractions of small integers stay apart or equal.
    const made = w.map((shares) => {
      let sum = 0;
      shares.forEach((share, j) => {
        if (share !== 0) sum = Math.fround(sum + Math.fround(Math.fround(share) * rows[j]![c]!));
      });
      return sum;
    });
    const of = rule.rule === 'bulyan' ? selected! : made.map((_, a) => a);
    const values = of.map((a) => made[a]!);
    const n = values.length;
    let window: [number, number] = [(n - 1) >> 1, (n >> 1) + 1];
    if (rule.rule === 'trimmed-mean') window = [rule.trim, n - rule.trim];
    if (rule.rule === 'bulyan') window = nearestWindow(values, made.length - 4 * rule.byzantine);
    masks(values, ...window).forEach((mask, k) =>
      w[of[k]!]!.forEach((share, j) => (weights[owner[j]!]![c]! += mask * share)),
    );
  });
  return weights;
}

const seatsAndRows = (most: number, value: fc.Arbitrary<number>, d: number) =>
  fc
    .array(fc.integer({ min: 1, max: 3 }), { minLength: 4, maxLength: most })
    .chain((seats) => fc.tuple(fc.constant(seats), f32Rows(value, seats.length, d)));

const few = fc.constantFrom(0, -0, 1, 2, -1, -3, 4).map(Math.fround);

describe('effective weights', () => {
  it('are those of a plain reference, with ties, equal rows, seats, bucketing and NNM', () => {
    fc.assert(
      fc.property(seatsAndRows(6, few, 5), fc.integer({ min: 0, max: 2 }), ([seats, updates], byzantine) => {
        const n = total(seats);
        const slopes = Float64Array.from([1, -2, 0.25, 3, 7]);
        const all: Rule[] = [
          { rule: 'median' },
          { rule: 'trimmed-mean', trim: byzantine },
          { rule: 'bulyan', byzantine },
        ];
        const pres = [[], [{ pre: 'nnm', byzantine }], [{ pre: 'bucketing', size: 2, seed: 9 }]] as Rule['pre'][];
        for (const rule of all.flatMap((one) => pres.map((pre) => ({ ...one, pre })))) {
          if (leastUpdates(rule) > n) continue;
          const { parts, selected } = partsOf(core, rule, updates, seats, slopes);
          const expected = reference(rule, updates, seats, selected);
          parts.forEach(({ weight, slope }, i) => {
            const of = expected[i]!;
            expect(weight, JSON.stringify(rule)).toBeCloseTo(total(of), 6);
            expect(slope).toBeCloseTo(total(of.map((w, c) => w * updates[i]![c]! * slopes[c]!)), 5);
          });
        }
      }),
      { numRuns: 150, seed: 8 },
    );
  });

  it('add up to the aggregate, column by column, under every rule and pre-aggregator', () => {
    const value = fc.oneof(fc.float({ noNaN: true, min: -100, max: 100 }), few);
    const pres = [[], ...preAggregators.map(({ name }) => [name]), ['clip', 'nnm'] as const];
    fc.assert(
      fc.property(seatsAndRows(9, value, 4), ([seats, updates]) => {
        const n = total(seats);
        for (const { name } of rules) {
          for (const pre of pres) {
            const rule = suitedRule(name, pre, n, Math.max(0, Math.floor((n - 3) / 8)));
            if (leastUpdates(rule) > n) continue;
            for (let c = 0; c < 4; c++) {
              const slopes = Float64Array.from({ length: 4 }, (_, other) => Number(other === c));
              const { parts, result } = partsOf(core, rule, updates, seats, slopes);
              expect(parts.every(({ weight }) => weight >= 0)).toBe(true);
              const sum = total(parts.map(({ slope }) => slope));
              expect(Math.abs(sum - result[c]!), JSON.stringify(rule)).toBeLessThan(1e-4);
            }
          }
        }
      }),
      { numRuns: 15, seed: 4 },
    );
  });

  it('do not depend on the order of the rows', () => {
    fc.assert(
      fc.property(seatsAndRows(8, few, 6), fc.integer({ min: 1, max: 1e6 }), ([seats, updates], seed) => {
        const below = integers(seed);
        const order = updates.map((_, i) => ({ i, at: below(1000) })).sort((a, b) => a.at - b.at || a.i - b.i);
        const slopes = Float64Array.from([1, -2, 0.25, 3, 7, 5]);
        for (const rule of [{ rule: 'median' }, { rule: 'trimmed-mean', trim: 1 }] as Rule[]) {
          const plain = partsOf(core, rule, updates, seats, slopes);
          const shuffled = partsOf(
            core,
            rule,
            order.map(({ i }) => updates[i]!),
            order.map(({ i }) => seats[i]!),
            slopes,
          );
          expect(shuffled.parts).toEqual(order.map(({ i }) => plain.parts[i]!));
        }
      }),
      { numRuns: 100, seed: 2 },
    );
  });

  it('are finite for the largest updates and slopes there can be', () => {
    const d = 3000;
    const most = 3.4028234663852886e38;
    const updates = [1, -1, 1, 1, -1].map((sign) => new Float32Array(d).fill(most * sign));
    const slopes = new Float64Array(d).fill(2 ** 160);
    for (const rule of [
      { rule: 'trimmed-mean', trim: 1 },
      { rule: 'median' },
      { rule: 'krum', byzantine: 1 },
    ] as Rule[]) {
      const { parts } = partsOf(core, rule, updates, [1, 1, 1, 1, 1], slopes);
      expect(parts.every(({ slope, weight }) => Number.isFinite(slope) && weight >= 0)).toBe(true);
      expect(total(parts.map(({ weight }) => weight)) / (rule.rule === 'krum' ? 1 : d)).toBeCloseTo(1, 12);
    }
  });

  it('never fail for any f32', () => {
    const rows = fc.tuple(f32Rows(anyF32(), 7, 9), f32Array(anyF32(), 9));
    const some: Rule[] = [
      { rule: 'trimmed-mean', trim: 1, pre: [{ pre: 'nnm', byzantine: 2 }] },
      { rule: 'bulyan', byzantine: 1 },
      { rule: 'median', pre: [{ pre: 'arc', byzantine: 2 }] },
    ];
    fc.assert(
      fc.property(rows, ([updates, slopes]) => {
        for (const rule of some) {
          const { parts } = partsOf(core, rule, updates, [1, 1, 1, 1, 1, 1, 1], Float64Array.from(slopes));
          expect(parts.every(({ slope, weight }) => Number.isFinite(slope) && weight >= 0 && weight <= 10)).toBe(true);
        }
      }),
      { numRuns: 200, seed: 6 },
    );
  });

  it('have the same bits with any number of threads, over several segments', () => {
    const d = 2 * 65_536 + 1_237;
    const random = integers(77);
    const updates = Array.from({ length: 6 }, () => Float32Array.from({ length: d }, () => (random(41) - 20) / 8));
    const slopes = Float64Array.from({ length: d }, () => random(2001) / 1000 - 1);
    const some: Rule[] = [
      { rule: 'trimmed-mean', trim: 2 },
      { rule: 'median', pre: [{ pre: 'nnm', byzantine: 2 }] },
      { rule: 'bulyan', byzantine: 1 },
    ];
    for (const rule of some) {
      const [first, ...others] = instances.map((one) => partsOf(one, rule, updates, [1, 2, 1, 3, 1, 2], slopes).parts);
      for (const other of others) expect(other).toEqual(first);
      expect(total(first!.map(({ weight }) => weight)) / d).toBeCloseTo(1, 10);
    }
  });
});
