import { describe, coreError, isCoreError } from './errors.ts';
import type { Rule } from './check-rule.ts';
import { rules } from './rules/index.ts';
import { serverOptimisers, type AdaptiveParameters } from './server-optimisers.ts';
import type { Core } from './types.ts';

/** The vectors' name for a trimmed mean behind NNM. */
const NNM_TRIMMED_MEAN = 'nnm+trimmed-mean';
/** Relative to the update's scale: the largest magnitude among the inputs and the expected result. */
const TOLERANCE = 1e-5;
const RULES: ReadonlySet<string> = new Set(rules.map(({ name }) => name));
const ADAPTIVE: ReadonlySet<string> = new Set(serverOptimisers.map(({ name }) => name));

export interface VectorReport {
  passed: number;
  failed: number;
  /** One line a failed case. */
  failures: string[];
}

/**
 * Runs a file of golden aggregation vectors: `{ cases: [{ rule, params, updates | start + deltas, expected, selected? }] }`.
 * A case that cannot be run counts as failed; a file that is not of this shape is `CORE_BAD_VECTORS`.
 */
export function checkAggregateVectors(core: Core, file: unknown): VectorReport {
  const cases = (file as { cases?: unknown } | null | undefined)?.cases;
  if (!Array.isArray(cases)) {
    throw coreError('CORE_BAD_VECTORS', 'The vector file has the wrong shape', {
      expected: 'an object with an array `cases`',
      got: describe(cases === undefined ? file : cases),
    });
  }
  const report: VectorReport = { passed: 0, failed: 0, failures: [] };
  cases.forEach((entry: unknown, i) => {
    const failure = checkCase(core, entry);
    if (failure === undefined) report.passed++;
    else {
      report.failed++;
      const rule = (entry as { rule?: unknown } | null)?.rule;
      report.failures.push(`case ${i} (${typeof rule === 'string' ? rule : 'no rule'}): ${failure}`);
    }
  });
  return report;
}

function checkCase(core: Core, entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null) return `expected an object, got ${describe(entry)}`;
  const { rule, params, updates, start, deltas, expected, selected } = entry as Record<string, unknown>;
  const wanted = numbers(expected);
  if (!wanted) return '`expected` must be an array of finite numbers';
  try {
    let result: Float32Array;
    let picked: number[] | undefined;
    let scale = largest(wanted);
    if (typeof rule === 'string' && ADAPTIVE.has(rule)) {
      const from = numbers(start);
      const rounds = matrix(deltas);
      if (!from || !rounds) return '`start` and `deltas` must be arrays of finite numbers';
      scale = Math.max(scale, largest(from));
      result = core.adaptive({
        ...(params as object),
        rule,
        start: Float32Array.from(from),
        deltas: rounds.map((round) => Float32Array.from(round)),
      } as AdaptiveParameters);
    } else if (typeof rule === 'string' && ruleOf(rule, params)) {
      const rows = matrix(updates);
      if (!rows) return '`updates` must be arrays of finite numbers';
      scale = Math.max(scale, ...rows.map(largest));
      ({ result, selected: picked } = core.aggregate(
        ruleOf(rule, params)!,
        rows.map((row) => Float32Array.from(row)),
      ));
    } else {
      return `unknown rule ${describe(rule)}; this core has ${[...RULES, NNM_TRIMMED_MEAN, ...ADAPTIVE].join(', ')}`;
    }
    return compare(result, wanted, scale) ?? compareSelection(picked, selected);
  } catch (error) {
    if (isCoreError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
}

function ruleOf(name: string, params: unknown): Rule | undefined {
  if (RULES.has(name)) return { ...(params as object), rule: name } as Rule;
  if (name !== NNM_TRIMMED_MEAN) return undefined;
  const { byzantine, trim } = (params ?? {}) as { byzantine: number; trim: number };
  return { rule: 'trimmed-mean', trim, pre: [{ pre: 'nnm', byzantine }] };
}

function compare(got: Float32Array, wanted: number[], scale: number): string | undefined {
  if (got.length !== wanted.length) return `expected ${wanted.length} values, got ${got.length}`;
  const bound = TOLERANCE * scale;
  const index = wanted.findIndex((value, i) => !(Math.abs(value - got[i]!) <= bound));
  return index < 0 ? undefined : `value ${index}: expected ${wanted[index]} ± ${bound}, got ${got[index]}`;
}

function compareSelection(got: number[] | undefined, wanted: unknown): string | undefined {
  if (wanted === undefined) return undefined;
  const expected = JSON.stringify(wanted);
  const actual = JSON.stringify(got);
  return expected === actual ? undefined : `selected: expected ${expected}, got ${actual}`;
}

function numbers(value: unknown): number[] | undefined {
  return Array.isArray(value) && value.every((v) => Number.isFinite(v)) ? (value as number[]) : undefined;
}

function matrix(value: unknown): number[][] | undefined {
  return Array.isArray(value) && value.every((row) => numbers(row)) ? (value as number[][]) : undefined;
}

function largest(values: number[]): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
