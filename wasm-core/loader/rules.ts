import { describe, CoreError } from './errors.ts';
import type { Rule } from './types.ts';

/** On chain a round has at most 1024 submissions. */
export const MAX_UPDATES = 1024;

function badRule(rule: string, expected: string, got: string): CoreError {
  return new CoreError('CORE_BAD_RULE', `Rule ${describe(rule)} cannot be applied`, { expected, got });
}

/** Least number of updates that a rule needs; fewer is `CORE_BAD_RULE`. */
export function leastUpdates(rule: Rule): number {
  switch (rule.rule) {
    case 'trimmed-mean':
      return 2 * rule.trim + 1;
    case 'krum':
      return 2 * rule.byzantine + 3;
    case 'multi-krum':
      return Math.max(2 * rule.byzantine + 3, rule.select);
    case 'bulyan':
      return 4 * rule.byzantine + 3;
    case 'nnm+trimmed-mean':
      return Math.max(2 * rule.byzantine, 2 * rule.trim) + 1;
    case 'fedavg':
      return Math.max(1, rule.weights?.length ?? 1);
    default:
      return 1;
  }
}

/** Checks a rule's own parameters, and that n updates are enough for it. */
export function checkRule(rule: Rule, n: number): void {
  if (typeof rule !== 'object' || rule === null) {
    throw new CoreError('CORE_BAD_RULE', 'The rule has the wrong type', { expected: 'an object', got: describe(rule) });
  }
  const name = rule.rule;
  const count = (key: string, value: unknown, low: number): void => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= MAX_UPDATES) return;
    throw badRule(name, `\`${key}\` an integer from ${low} to ${MAX_UPDATES}`, describe(value));
  };
  switch (rule.rule) {
    case 'fedavg':
      if (rule.weights !== undefined) checkWeights(rule.weights, n);
      break;
    case 'median':
    case 'geometric-median':
      break;
    case 'trimmed-mean':
      count('trim', rule.trim, 0);
      break;
    case 'krum':
    case 'bulyan':
      count('byzantine', rule.byzantine, 0);
      break;
    case 'multi-krum':
      count('byzantine', rule.byzantine, 0);
      count('select', rule.select, 1);
      break;
    case 'nnm+trimmed-mean':
      count('byzantine', rule.byzantine, 0);
      count('trim', rule.trim, 0);
      break;
    case 'norm-clip':
      if (typeof rule.clip !== 'number' || !(rule.clip > 0) || !(rule.clip < Infinity)) {
        throw badRule(name, '`clip` a number above 0', describe(rule.clip));
      }
      break;
    default:
      throw badRule(name, 'a rule of this core', describe(name));
  }
  const least = leastUpdates(rule);
  if (n < least) throw badRule(name, `at least ${least} updates`, String(n));
}

function checkWeights(weights: unknown, n: number): void {
  if (!Array.isArray(weights) || weights.length !== n) {
    throw badRule('fedavg', `\`weights\` an array of ${n} numbers, one an update`, describe(weights));
  }
  // 2^53 bounds every sum and product far inside f64.
  const index = weights.findIndex((w) => typeof w !== 'number' || !(w >= 0 && w <= 2 ** 53));
  if (index >= 0) throw badRule('fedavg', 'weights from 0 to 2^53', `${describe(weights[index])} at index ${index}`);
  if (!weights.some((w: number) => w > 0)) throw badRule('fedavg', 'a weight above 0', 'none');
}
