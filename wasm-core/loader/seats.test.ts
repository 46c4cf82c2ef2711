import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { aggregate } from './aggregate.ts';
import type { RowSource } from './aggregate-types.ts';
import type { Rule } from './check-rule.ts';
import { leastUpdates, preAggregators, rules, suitedRule } from './index.ts';
import type { CoreInstance } from './instantiate.ts';
import { anyF32, bitsOf, f32Rows, testInstance } from './test-fixtures.ts';

let instance: CoreInstance;
beforeAll(async () => {
  instance = await testInstance();
});

const pres = [[], ...preAggregators.map(({ name }) => [name]), ['nnm', 'bucketing'] as const, ['clip', 'nnm'] as const];
const every = (rows: number) =>
  rules
    .flatMap(({ name }) => pres.map((pre) => suitedRule(name, pre, rows, Math.max(0, Math.floor((rows - 3) / 8)))))
    .filter((rule) => leastUpdates(rule) <= rows);

/** Counts how often each row is read. */
function counted(updates: Float32Array[]): { source: RowSource; reads: number[] } {
  const reads = updates.map(() => 0);
  const read: RowSource['read'] = (row, from, to, into) => {
    reads[row]!++;
    into.set(updates[row]!.subarray(from, to));
  };
  return { source: { n: updates.length, d: updates[0]!.length, read }, reads };
}

const repeat = <T>(values: readonly T[], seats: readonly number[]): T[] =>
  values.flatMap((value, i) => new Array<T>(seats[i]!).fill(value));

describe('seats', () => {
  it('give the bits of repeated rows, under every rule and pre-aggregator', () => {
    const cases = fc
      .array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 9 })
      .chain((seats) => fc.tuple(fc.constant(seats), f32Rows(anyF32(), seats.length, 21)));
    fc.assert(
      fc.property(cases, ([seats, updates]) => {
        const repeated = repeat(updates, seats);
        for (const rule of every(repeated.length)) {
          const expected = aggregate(instance, rule, repeated);
          for (const given of [updates, counted(updates).source]) {
            const { result, selected } = aggregate(instance, rule, given, { seats });
            expect(bitsOf(result), JSON.stringify(rule)).toEqual(bitsOf(expected.result));
            expect(selected).toEqual(expected.selected);
          }
        }
      }),
      { numRuns: 30, seed: 5 },
    );
    expect(instance.arena.used).toBe(0);
  });

  it('cost one reading of an update, in any tile', () => {
    const [d, seats] = [3 * 1024 + 5, [3, 1, 4, 2, 2]];
    const updates = seats.map((_, i) =>
      Float32Array.from({ length: d }, (_, c) => Math.sin(c + i * (i > 3 ? 1 : 1e-3))),
    );
    const mixed: Rule = { rule: 'trimmed-mean', trim: 3, pre: [{ pre: 'nnm', byzantine: 2 }] };
    const cases: [Rule, number][] = [
      [{ rule: 'median' }, 1],
      [mixed, 3],
    ];
    for (const [rule, passes] of cases) {
      const { source, reads } = counted(updates);
      const { result } = aggregate(instance, rule, source, { seats }, 1024);
      const whole = aggregate(instance, rule, repeat(updates, seats));
      expect(bitsOf(result)).toEqual(bitsOf(whole.result));
      // Four tiles.
      expect(Math.max(...reads)).toBe(4 * passes);
    }
  });

  it('are counted by the rule, and bounded', () => {
    const updates = [Float32Array.of(1), Float32Array.of(9)];
    const of = (seats: unknown) => () => aggregate(instance, { rule: 'median' }, updates, { seats: seats as number[] });
    expect(of([2, 1])().result).toEqual(Float32Array.of(1));
    expect(aggregate(instance, { rule: 'trimmed-mean', trim: 2 }, updates, { seats: [2, 3] }).result[0]).toBe(9);
    const code = (seats: unknown) => expect(of(seats)).toThrow(expect.objectContaining({ code: 'CORE_BAD_ARGUMENT' }));
    for (const wrong of [[1], [0, 1], [1, 1.5], [1, 1024], [1, -1], new Array(2), 'ab', null, [1, 2, 3]]) code(wrong);
    expect(of([1, 1023])().result).toEqual(Float32Array.of(9));
  });
});
