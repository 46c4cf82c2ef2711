import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkAggregateVectors, CoreError, leastUpdates } from './index.ts';
import { anyF32, bitsOf, f32Rows, testCore } from './test-fixtures.ts';
import type { Core, Rule } from './types.ts';

let core: Core;
beforeAll(async () => {
  core = await testCore();
});

const vectors = JSON.parse(readFileSync(new URL('../vectors/aggregate.json', import.meta.url), 'utf8')) as {
  cases: { rule: string; params: unknown; expected: number[]; selected?: number[] }[];
};

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof CoreError) return error.code;
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
    { rule: 'fedavg' },
    { rule: 'fedavg', weights: Array.from({ length: n }, (_, i) => i + 1) },
    { rule: 'median' },
    { rule: 'trimmed-mean', trim: f },
    { rule: 'krum', byzantine: f },
    { rule: 'multi-krum', byzantine: f, select: Math.max(1, n - f) },
    { rule: 'bulyan', byzantine: f },
    { rule: 'geometric-median' },
    { rule: 'norm-clip', clip: 2 },
    { rule: 'nnm+trimmed-mean', byzantine: f, trim: f },
  ];
  return all.filter((rule) => leastUpdates(rule) <= n);
};

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
            // Norm clipping pulls towards 0.
            const ends = rule.rule === 'norm-clip' ? [...column, 0] : column;
            const low = Math.min(...ends);
            const high = Math.max(...ends);
            const slack = 1e-6 * Math.max(Math.abs(low), Math.abs(high));
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
    const update = Float32Array.of(1.5, -2.25, 0, 1e-20, 3e38);
    for (const rule of rulesFor(11).filter((r) => r.rule !== 'norm-clip')) {
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
      { rule: 'nnm+trimmed-mean', byzantine: 2, trim: 2 },
    ];
    for (const rule of robust) {
      const { result } = core.aggregate(rule, [hostile[0]!, ...honest, hostile[1]!]);
      expect(result[0], rule.rule).toBeGreaterThan(0.9);
      expect(result[0], rule.rule).toBeLessThan(1.2);
      expect(result[1], rule.rule).toBeCloseTo(-1, 3);
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
      [{ rule: 'nnm+trimmed-mean', byzantine: 2, trim: 0 }, 4],
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

  it('says what was expected, what came and what to do', () => {
    expect(() => core.aggregate({ rule: 'trimmed-mean', trim: 2 }, rows(4))).toThrow(
      'Rule "trimmed-mean" cannot be applied: expected at least 5 updates, got 4',
    );
  });
});
