import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { byzantineBound, checkAggregateVectors, leastUpdates, isCoreError, rules, suitedRule } from './index.ts';
import { aggregate } from './aggregate.ts';
import type { RowSource } from './aggregate-types.ts';
import type { Rule } from './check-rule.ts';
import { FAINT } from './faint.ts';
import type { CoreInstance } from './instantiate.ts';
import { anyF32, bitsOf, f32Rows, testCore, testInstance } from './test-fixtures.ts';
import type { Core } from './types.ts';

let core: Core;
let instance: CoreInstance;
beforeAll(async () => {
  core = await testCore();
  instance = await testInstance();
});

const vectors = JSON.parse(readFileSync(new URL('../vectors/aggregate.json', import.meta.url), 'utf8')) as {
  cases: { rule: string; params: unknown; expected: number[]; selected?: number[] }[];
};

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isCoreError(error)) return error.code;
    throw error;
  }
  return 'nothing thrown';
}

describe('golden vectors', () => {
  it('passes every case', () => {
    expect(checkAggregateVectors(core, vectors)).toEqual({ passed: vectors.cases.length, failed: 0, failures: [] });
    expect(vectors.cases.length).toBeGreaterThan(50);
  });

  it('notices a changed value, selection, rule and length', () => {
    const [mean, , , krum] = structuredClone(vectors.cases);
    const unknown = { ...structuredClone(mean!), rule: 'mode' };
    const short = { ...structuredClone(mean!), expected: [1] };
    mean!.expected[2]! += 0.001;
    krum!.selected = [0];
    const report = checkAggregateVectors(core, { cases: [mean, krum, unknown, short, null, {}, { expected: [1] }] });
    expect(report.passed).toBe(0);
    expect(report.failed).toBe(7);
    expect(report.failures[0]).toContain('value 2: expected');
    expect(report.failures[1]).toContain('selected: expected [0], got');
    expect(report.failures[2]).toContain('unknown rule "mode"');
    expect(report.failures[3]).toContain('expected 1 values');
  });

  it('counts parameters that cannot be applied as failures with the code', () => {
    const bad = { ...structuredClone(vectors.cases[2]!), params: { trim: 100 } };
    expect(checkAggregateVectors(core, { cases: [bad] }).failures[0]).toContain('CORE_BAD_RULE');
    const none = { ...structuredClone(vectors.cases[9]!), params: undefined };
    expect(checkAggregateVectors(core, { cases: [none] }).failures[0]).toContain('CORE_BAD_ARGUMENT');
  });

  it.each([null, undefined, 7, 'text', [], {}, { cases: {} }])('refuses the malformed file %j', (file) => {
    expect(codeOf(() => checkAggregateVectors(core, file))).toBe('CORE_BAD_VECTORS');
  });
});

const rulesFor = (n: number): Rule[] => {
  const f = Math.max(0, Math.floor((n - 3) / 4));
  const all: Rule[] = [
    ...rules.map(({ name }) => suitedRule(name, [], n, f)),
    { rule: 'fedavg', weights: Array.from({ length: n }, (_, i) => i + 1) },
    { rule: 'trimmed-mean', trim: f, pre: [{ pre: 'nnm', byzantine: f }] },
    { rule: 'median', pre: [{ pre: 'arc', byzantine: f }] },
    { rule: 'krum', byzantine: 0, pre: [{ pre: 'bucketing', size: 2, seed: 5 }] },
    {
      rule: 'geometric-median',
      pre: [
        { pre: 'clip', norm: 3 },
        { pre: 'nnm', byzantine: f },
      ],
    },
    {
      rule: 'bulyan',
      byzantine: 0,
      pre: [
        { pre: 'nnm', byzantine: f },
        { pre: 'bucketing', size: 2, seed: 9 },
      ],
    },
  ];
  return all.filter((rule) => leastUpdates(rule) <= n);
};

const pullsIn = ({ rule, pre }: Rule): boolean =>
  ['norm-clip', 'centred-clip', 'geometric-median'].includes(rule) ||
  (pre ?? []).some((step) => step.pre === 'clip' || step.pre === 'arc');

describe('every rule', () => {
  it('keeps any finite input finite, inside the range of its column, and repeats bit for bit', () => {
    const rows = fc
      .record({ n: fc.integer({ min: 1, max: 24 }), d: fc.integer({ min: 1, max: 70 }) })
      .chain(({ n, d }) => f32Rows(anyF32(), n, d));
    fc.assert(
      fc.property(rows, (updates) => {
        for (const rule of rulesFor(updates.length)) {
          const { result, selected } = core.aggregate(rule, updates);
          expect(bitsOf(core.aggregate(rule, updates).result)).toEqual(bitsOf(result));
          result.forEach((value, c) => {
            const column = updates.map((row) => row[c]!);
            // Clipping pulls towards 0, and the geometric median draws far rows in.
            const ends = pullsIn(rule) ? [...column, 0] : column;
            const low = Math.min(...ends);
            const high = Math.max(...ends);
            // Rounding: relative to the values, and what is below the floor is 0.
            const slack = 1e-6 * Math.max(Math.abs(low), Math.abs(high)) + FAINT;
            expect(Object.is(value, -0)).toBe(false);
            expect(value).toBeGreaterThanOrEqual(low - slack);
            expect(value).toBeLessThanOrEqual(high + slack);
          });
          if (selected) expect(selected).toEqual([...new Set(selected)].sort((a, b) => a - b));
        }
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  it('gives the common update when all are equal', () => {
    const update = Float32Array.of(1.5, -2.25, 0, 1e-12, 3e38);
    for (const rule of rulesFor(11).filter(
      (r) => !['norm-clip', 'centred-clip'].includes(r.rule) && !r.pre?.some((step) => step.pre === 'clip'),
    )) {
      const { result } = core.aggregate(
        rule,
        Array.from({ length: 11 }, () => update),
      );
      result.forEach((value, c) =>
        expect(Math.abs(value - update[c]!)).toBeLessThanOrEqual(1e-6 * Math.abs(update[c]!)),
      );
    }
  });

  it('ignores a hostile minority, for the robust rules', () => {
    const honest = Array.from({ length: 9 }, (_, i) => Float32Array.of(1 + i * 0.01, -1, 0.5 - i * 0.01));
    const hostile = [Float32Array.of(3e38, 3e38, -3e38), Float32Array.of(-3e38, 1e30, 3e38)];
    const robust: Rule[] = [
      { rule: 'median' },
      { rule: 'trimmed-mean', trim: 2 },
      { rule: 'krum', byzantine: 2 },
      { rule: 'multi-krum', byzantine: 2, select: 5 },
      { rule: 'bulyan', byzantine: 2 },
      { rule: 'geometric-median' },
      { rule: 'mda', byzantine: 2 },
      { rule: 'trimmed-mean', trim: 2, pre: [{ pre: 'nnm', byzantine: 2 }] },
      { rule: 'trimmed-mean', trim: 2, pre: [{ pre: 'arc', byzantine: 2 }] },
      { rule: 'geometric-median', pre: [{ pre: 'arc', byzantine: 2 }] },
      { rule: 'multi-krum', byzantine: 2, select: 3, pre: [{ pre: 'clip', norm: 100 }] },
    ];
    for (const rule of robust) {
      const { result } = core.aggregate(rule, [hostile[0]!, ...honest, hostile[1]!]);
      expect(result[0], rule.rule).toBeGreaterThan(0.9);
      expect(result[0], rule.rule).toBeLessThan(1.2);
      expect(result[1], rule.rule).toBeCloseTo(-1, 2);
    }
  });

  it('finds geometric medians known in closed form, at data points too', () => {
    const third = Math.sqrt(3) / 2;
    // prettier-ignore
    const known: [string, number[][], number[]][] = [
      ['centre of a square that holds it', [[0, 0], [1, 1], [-1, 1], [1, -1], [-1, -1]], [0, 0]],
      ['point of the majority', [[3, 4], [3, 4], [3, 4], [100, 0], [0, -50]], [3, 4]],
      ['vertex with an angle above 120°, not where it starts', [[0, 0], [10, 1], [-10, 1]], [0, 0]],
      ['Fermat point', [[2, 1], [0.5, 1 + third], [0.5, 1 - third]], [1, 1]],
      ['median of a line', [[1], [2], [7], [9], [100]], [7]],
    ];
    for (const [name, points, expected] of known) {
      const updates = points.map((point) => Float32Array.from(point));
      const { result } = core.aggregate({ rule: 'geometric-median' }, updates);
      expected.forEach((value, c) => expect(Math.abs(result[c]! - value), name).toBeLessThan(1e-6));
    }
  });

  it('turns −0 into +0, so that equal results have equal bytes', () => {
    const updates = Array.from({ length: 7 }, () => Float32Array.of(-0, -0, -0, -0, -0));
    for (const rule of rulesFor(7)) {
      expect(bitsOf(core.aggregate(rule, updates).result), rule.rule).toEqual([0, 0, 0, 0, 0]);
    }
  });

  it('has the same bits whatever the tile, from arrays or from a source, with far and close rows', () => {
    const segment = instance.exports.segmentColumns();
    const d = segment + 3 * 1024 + 5;
    const updates = Array.from({ length: 9 }, (_, i) =>
      Float32Array.from({ length: d }, (_, c) => Math.sin(c * 0.01 + (i > 6 ? i : i * 1e-3)) * (i === 8 ? 1e36 : 1)),
    );
    const source: RowSource = { n: 9, d, read: (row, from, to, into) => into.set(updates[row]!.subarray(from, to)) };
    for (const rule of rulesFor(9)) {
      const whole = aggregate(instance, rule, updates);
      for (const tile of [1024, 4096, segment]) {
        const again = aggregate(instance, rule, source, {}, tile);
        expect(Buffer.from(again.result.buffer).equals(Buffer.from(whole.result.buffer)), JSON.stringify(rule)).toBe(
          true,
        );
        expect(again.selected).toEqual(whole.selected);
      }
    }
    expect(instance.arena.used).toBe(0);
  });

  it('aggregates more than 4 GiB of updates that exist a tile at a time', () => {
    const [n, d] = [64, 17_000_000];
    const pattern = Float32Array.from({ length: 65_536 }, (_, c) => (c % 13) - 6);
    let most = 0;
    const read: RowSource['read'] = (row, from, to, into) => {
      most = Math.max(most, to - from);
      into.set(pattern.subarray(0, to - from));
      into[0] = row;
    };
    const { result } = core.aggregate({ rule: 'fedavg' }, { n, d, read });
    expect(n * d * 4).toBeGreaterThan(2 ** 32);
    expect(most).toBe(65_536);
    // Column 65,536 k holds the row's number: their mean. Others are equal in all rows.
    expect([result[0], result[65_536], result[1], result[d - 1]]).toEqual([31.5, 31.5, -5, pattern[(d - 1) % 65_536]]);
    // A rule with a Gram matrix reads them more than once; rows 1, 2 and 3 tie.
    expect(core.aggregate({ rule: 'krum', byzantine: 1 }, { n: 5, d: 200_000, read }).selected).toEqual([1]);
  });

  it('reports progress by columns and stops when asked', () => {
    const updates = Array.from({ length: 5 }, (_, i) => new Float32Array(150_000).fill(i));
    const seen: [number, number][] = [];
    core.aggregate({ rule: 'median' }, updates, { onProgress: (done, total) => seen.push([done, total]) });
    expect(seen).toEqual([
      [65_536, 150_000],
      [131_072, 150_000],
      [150_000, 150_000],
    ]);
    const abort = new AbortController();
    const stop = (): unknown =>
      core.aggregate({ rule: 'median' }, updates, { signal: abort.signal, onProgress: () => abort.abort() });
    expect(codeOf(stop)).toBe('CORE_ABORTED');
  });

  it('takes the lower index of equal rows', () => {
    const updates = [5, 1, 1, 1, 1, 9].map((x) => Float32Array.of(x));
    expect(core.aggregate({ rule: 'krum', byzantine: 1 }, updates).selected).toEqual([1]);
    expect(core.aggregate({ rule: 'multi-krum', byzantine: 1, select: 2 }, updates).selected).toEqual([1, 2]);
  });
});

describe('refusals', () => {
  const row = Float32Array.of(1, 2);
  const rows = (n: number): Float32Array[] => Array.from({ length: n }, () => row);

  it.each([NaN, Infinity, -Infinity])('refuses %d anywhere', (value) => {
    const bad = Float32Array.of(1, value);
    for (const rule of rulesFor(7)) {
      expect(codeOf(() => core.aggregate(rule, [...rows(6), bad]))).toBe('CORE_NOT_FINITE');
    }
    expect(codeOf(() => core.add(row, bad))).toBe('CORE_NOT_FINITE');
    expect(codeOf(() => core.subtract(bad, row))).toBe('CORE_NOT_FINITE');
    expect(core.isFinite(bad)).toBe(false);
    expect(core.isFinite(row)).toBe(true);
  });

  it('refuses rules that the number of updates cannot carry', () => {
    const impossible: [Rule, number][] = [
      [{ rule: 'trimmed-mean', trim: 2 }, 4],
      [{ rule: 'krum', byzantine: 1 }, 4],
      [{ rule: 'multi-krum', byzantine: 0, select: 5 }, 4],
      [{ rule: 'bulyan', byzantine: 1 }, 6],
      [{ rule: 'mda', byzantine: 2 }, 4],
      [{ rule: 'trimmed-mean', trim: 0, pre: [{ pre: 'nnm', byzantine: 2 }] }, 4],
      [{ rule: 'trimmed-mean', trim: 0, pre: [{ pre: 'arc', byzantine: 2 }] }, 4],
      [{ rule: 'krum', byzantine: 1, pre: [{ pre: 'bucketing', size: 3, seed: 1 }] }, 12],
      [{ rule: 'fedavg', weights: [1, 2] }, 3],
    ];
    for (const [rule, n] of impossible) {
      expect(
        codeOf(() => core.aggregate(rule, rows(n))),
        JSON.stringify(rule),
      ).toBe('CORE_BAD_RULE');
      expect(leastUpdates(rule)).not.toBe(n);
    }
  });

  it.each([
    { rule: 'trimmed-mean', trim: -1 },
    { rule: 'trimmed-mean', trim: 0.5 },
    { rule: 'trimmed-mean', trim: NaN },
    { rule: 'trimmed-mean' },
    { rule: 'krum', byzantine: 2 ** 31 },
    { rule: 'krum', byzantine: '1' },
    { rule: 'multi-krum', byzantine: 0, select: 0 },
    { rule: 'norm-clip', clip: 0 },
    { rule: 'norm-clip', clip: Infinity },
    { rule: 'fedavg', weights: [1, -1, 1] },
    { rule: 'fedavg', weights: [0, 0, 0] },
    { rule: 'fedavg', weights: [1, NaN, 1] },
    { rule: 'fedavg', weights: 'heavy' },
    { rule: 'mda', byzantine: -1 },
    { rule: 'centred-clip', radius: 0, iterations: 1 },
    { rule: 'centred-clip', radius: 1, iterations: 101 },
    { rule: 'median', pre: 'nnm' },
    { rule: 'median', pre: [null] },
    { rule: 'median', pre: [{ pre: 'toString' }] },
    { rule: 'median', pre: [{ pre: 'bucketing', size: 0, seed: 1 }] },
    { rule: 'median', pre: [{ pre: 'bucketing', size: 2, seed: -1 }] },
    { rule: 'median', pre: [{ pre: 'clip', norm: NaN }] },
    { rule: 'median', pre: new Array(5).fill({ pre: 'clip', norm: 1 }) },
    { rule: 'constructor' },
    {},
    null,
  ])('refuses the rule %j', (rule) => {
    expect(codeOf(() => core.aggregate(rule as Rule, rows(3)))).toBe('CORE_BAD_RULE');
  });

  it('refuses arrays of other shapes and types', () => {
    const rule: Rule = { rule: 'median' };
    expect(codeOf(() => core.aggregate(rule, []))).toBe('CORE_BAD_ARGUMENT');
    expect(codeOf(() => core.aggregate(rule, rows(1025)))).toBe('CORE_BAD_ARGUMENT');
    expect(codeOf(() => core.aggregate(rule, [new Float32Array(0)]))).toBe('CORE_BAD_SHAPE');
    expect(codeOf(() => core.aggregate(rule, [row, Float32Array.of(1)]))).toBe('CORE_BAD_SHAPE');
    expect(codeOf(() => core.aggregate(rule, [[1, 2]] as unknown as Float32Array[]))).toBe('CORE_BAD_ARGUMENT');
    expect(codeOf(() => core.aggregate(rule, null as unknown as Float32Array[]))).toBe('CORE_BAD_ARGUMENT');
    expect(codeOf(() => core.add(row, Float32Array.of(1)))).toBe('CORE_BAD_SHAPE');
  });

  it('refuses a sum that f32 cannot hold', () => {
    const huge = Float32Array.of(3e38);
    expect(codeOf(() => core.add(huge, huge))).toBe('CORE_OVERFLOW');
    expect(core.add(Float32Array.of(-0), Float32Array.of(-0))).toEqual(Float32Array.of(0));
  });

  it('knows how many hostile updates a rule bears', () => {
    const bounds: [Rule, number][] = [
      [{ rule: 'fedavg' }, 0],
      [{ rule: 'median' }, 5],
      [{ rule: 'trimmed-mean', trim: 3 }, 3],
      [{ rule: 'bulyan', byzantine: 2 }, 2],
      [{ rule: 'median', pre: [{ pre: 'nnm', byzantine: 2 }] }, 2],
      [{ rule: 'median', pre: [{ pre: 'bucketing', size: 2, seed: 1 }] }, 2],
      [{ rule: 'centred-clip', radius: 1, iterations: 1 }, 1],
    ];
    for (const [rule, bound] of bounds) expect(byzantineBound(rule, 11), JSON.stringify(rule)).toBe(bound);
  });

  it('says what was expected, what came and what to do', () => {
    expect(() => core.aggregate({ rule: 'trimmed-mean', trim: 2 }, rows(4))).toThrow(
      'Rule "trimmed-mean" cannot be applied; expected at least 5 updates; got 4.',
    );
  });
});
