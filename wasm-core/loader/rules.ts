import type { CoveyError } from '@covey/errors';
import type { PreAggregator, Rule } from './aggregate-types.ts';
import { describe, coreError } from './errors.ts';

/** On chain a round has at most 1024 submissions. */
export const MAX_UPDATES = 1024;
/** Pre-aggregators of one rule. */
export const MAX_PRE = 4;
/** Steps of centred clipping. */
export const MAX_ITERATIONS = 100;

function badRule(rule: string, expected: string, got: string): CoveyError {
  return coreError('CORE_BAD_RULE', `Rule ${describe(rule)} cannot be applied`, { expected, got });
}

/** Least number of updates that a rule and its pre-aggregators need; fewer is `CORE_BAD_RULE`. */
export function leastUpdates(rule: Rule): number {
  return (rule.pre ?? []).reduceRight((least, step) => {
    switch (step.pre) {
      case 'nnm':
      case 'arc':
        return Math.max(least, 2 * step.byzantine + 1);
      case 'bucketing':
        return (least - 1) * step.size + 1;
      case 'clip':
        return least;
    }
  }, leastRows(rule));
}

function leastRows(rule: Rule): number {
  switch (rule.rule) {
    case 'trimmed-mean':
      return 2 * rule.trim + 1;
    case 'krum':
      return 2 * rule.byzantine + 3;
    case 'multi-krum':
      return Math.max(2 * rule.byzantine + 3, rule.select);
    case 'bulyan':
      return 4 * rule.byzantine + 3;
    case 'mda':
      return 2 * rule.byzantine + 1;
    case 'fedavg':
      return Math.max(1, rule.weights?.length ?? 1);
    default:
      return 1;
  }
}

/** Rows that pre-aggregators make of n updates. */
export function rowsAfter(pre: readonly PreAggregator[] | undefined, n: number): number {
  return (pre ?? []).reduce((rows, step) => (step.pre === 'bucketing' ? Math.ceil(rows / step.size) : rows), n);
}

/**
 * How many of n updates may be hostile before the rule's source promises nothing: what its parameters declare, or for a
 * rule without such a parameter what its definition bears; no more than its pre-aggregators declare. Clipping bounds the damage but tolerates none by itself.
 */
export function byzantineBound(rule: Rule, n: number): number {
  const declared = (rule.pre ?? []).map((step) => ('byzantine' in step ? step.byzantine : n));
  return Math.min(boundOf(rule, rowsAfter(rule.pre, n)), ...declared);
}

function boundOf(rule: Rule, rows: number): number {
  switch (rule.rule) {
    case 'fedavg':
    case 'norm-clip':
      return 0;
    case 'median':
    case 'geometric-median':
      return Math.floor((rows - 1) / 2);
    case 'trimmed-mean':
      return rule.trim;
    case 'centred-clip':
      return Math.floor(0.15 * rows);
    default:
      return rule.byzantine;
  }
}

/** Checks a rule's own parameters, and that n updates are enough for it. */
export function checkRule(rule: Rule, n: number): void {
  if (typeof rule !== 'object' || rule === null) {
    throw coreError('CORE_BAD_RULE', 'The rule has the wrong type', { expected: 'an object', got: describe(rule) });
  }
  const name = rule.rule;
  const count = (key: string, value: unknown, low: number, high = MAX_UPDATES): void => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high) return;
    throw badRule(name, `\`${key}\` an integer from ${low} to ${high}`, describe(value));
  };
  const positive = (key: string, value: unknown): void => {
    if (typeof value === 'number' && value > 0 && value < Infinity) return;
    throw badRule(name, `\`${key}\` a number above 0`, describe(value));
  };
  checkPre(name, rule.pre, count, positive);
  switch (rule.rule) {
    case 'fedavg':
      if (rule.weights !== undefined) checkWeights(rule.weights, rowsAfter(rule.pre, n));
      break;
    case 'median':
    case 'geometric-median':
      break;
    case 'trimmed-mean':
      count('trim', rule.trim, 0);
      break;
    case 'krum':
    case 'bulyan':
    case 'mda':
      count('byzantine', rule.byzantine, 0);
      break;
    case 'multi-krum':
      count('byzantine', rule.byzantine, 0);
      count('select', rule.select, 1);
      break;
    case 'norm-clip':
      positive('clip', rule.clip);
      break;
    case 'centred-clip':
      positive('radius', rule.radius);
      count('iterations', rule.iterations, 1, MAX_ITERATIONS);
      break;
    default:
      throw badRule(name, 'a rule of this core', describe(name));
  }
  const least = leastUpdates(rule);
  if (n < least) throw badRule(name, `at least ${least} updates`, String(n));
}

type CheckCount = (key: string, value: unknown, low: number, high?: number) => void;
type CheckPositive = (key: string, value: unknown) => void;

function checkPre(name: string, pre: unknown, count: CheckCount, positive: CheckPositive): void {
  if (pre === undefined) return;
  if (!Array.isArray(pre) || pre.length > MAX_PRE) {
    throw badRule(name, `\`pre\` an array of at most ${MAX_PRE} pre-aggregators`, describe(pre));
  }
  // By index, as forEach skips holes.
  for (let i = 0; i < pre.length; i++) {
    const step = pre[i] as PreAggregator | null | undefined;
    const kind: unknown = step?.pre;
    const at = `pre[${i}]`;
    switch (step?.pre) {
      case 'nnm':
      case 'arc':
        count(`${at}.byzantine`, step.byzantine, 0);
        break;
      case 'bucketing':
        count(`${at}.size`, step.size, 1);
        count(`${at}.seed`, step.seed, 0, Number.MAX_SAFE_INTEGER);
        break;
      case 'clip':
        positive(`${at}.norm`, step.norm);
        break;
      default:
        throw badRule(name, `\`${at}\` a pre-aggregator of this core`, describe(kind ?? step));
    }
  }
}

function checkWeights(weights: unknown, rows: number): void {
  if (!Array.isArray(weights) || weights.length !== rows) {
    throw badRule('fedavg', `\`weights\` an array of ${rows} numbers, one a row`, describe(weights));
  }
  // 2^53 bounds every sum and product far inside f64.
  const index = weights.findIndex((w) => typeof w !== 'number' || !(w >= 0 && w <= 2 ** 53));
  if (index >= 0) throw badRule('fedavg', 'weights from 0 to 2^53', `${describe(weights[index])} at index ${index}`);
  if (!weights.some((w: number) => w > 0)) throw badRule('fedavg', 'a weight above 0', 'none');
}
