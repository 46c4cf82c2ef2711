import type { CoveyError } from '@covey/errors';
import { describe, coreError } from './errors.ts';
import { problemOf, type Parameters, type Values } from './parameters.ts';
import { preAggregators, type PreAggregator } from './pre-aggregators/index.ts';
import type { PreAggregatorDefinition } from './pre-aggregators/pre-aggregator.ts';
import { rules, type BareRule } from './rules/index.ts';
import type { RuleDefinition } from './rules/rule.ts';

/** Pre-aggregators of one rule. */
export const MAX_PRE = 4;

/** How updates become one. */
export type Rule = { pre?: PreAggregator[] | undefined } & BareRule;

/** A method with its values, as a caller named it. */
interface Chosen<Method> {
  method: Method;
  values: Values;
}

interface ChosenRule {
  steps: Chosen<PreAggregatorDefinition>[];
  last: Chosen<RuleDefinition>;
}

const rulesByName: ReadonlyMap<unknown, RuleDefinition> = new Map(rules.map((rule) => [rule.name, rule]));
const stepsByName: ReadonlyMap<unknown, PreAggregatorDefinition> = new Map(
  preAggregators.map((step) => [step.name, step]),
);

/** Least number of updates that a rule and its pre-aggregators need; fewer is `CORE_BAD_RULE`, as is an unknown name. */
export function leastUpdates(rule: Rule): number {
  return least(choose(rule));
}

/**
 * How many of n updates may be hostile before the rule's source promises nothing: what its parameters declare, or for a
 * rule without such a parameter what its definition bears; no more than its pre-aggregators declare.
 */
export function byzantineBound(rule: Rule, n: number): number {
  const { steps, last } = choose(rule);
  const declared = steps.map(({ method, values }) => Math.min(n, method.bound(values)));
  return Math.min(last.method.bound(last.values, rowsAfter(steps, n)), ...declared);
}

/** The methods of a rule whose parameters are inside their bounds, and for which n updates are enough. */
export function requireRule(rule: Rule, n: number): ChosenRule {
  const chosen = choose(rule);
  const { steps, last } = chosen;
  const { name } = last.method;
  for (const [i, { method, values }] of steps.entries())
    requireValues(name, `pre[${i}].`, method.parameters, values, n);
  requireValues(name, '', last.method.parameters, last.values, rowsAfter(steps, n));
  const needed = least(chosen);
  if (n < needed) throw badRule(name, `at least ${needed} updates`, String(n));
  return chosen;
}

function choose(rule: Rule): ChosenRule {
  if (typeof rule !== 'object' || rule === null) {
    throw coreError('CORE_BAD_RULE', 'The rule has the wrong type', { expected: 'an object', got: describe(rule) });
  }
  const { rule: name, pre, ...values } = rule as { rule: unknown; pre?: unknown } & Values;
  if (pre !== undefined && (!Array.isArray(pre) || pre.length > MAX_PRE)) {
    throw badRule(name, `\`pre\` an array of at most ${MAX_PRE} pre-aggregators`, describe(pre));
  }
  // Array.from fills holes, which map skips.
  const steps = Array.from((pre ?? []) as unknown[], (step, i) => chooseStep(name, step, i));
  const method = rulesByName.get(name);
  if (!method) throw badRule(name, 'a rule of this core', describe(name));
  return { steps, last: { method, values } };
}

function chooseStep(rule: unknown, step: unknown, i: number): Chosen<PreAggregatorDefinition> {
  const { pre, ...values } = (step ?? {}) as { pre?: unknown } & Values;
  const method = stepsByName.get(pre);
  if (!method) throw badRule(rule, `\`pre[${i}]\` a pre-aggregator of this core`, describe(pre ?? step));
  return { method, values };
}

function requireValues(rule: string, path: string, parameters: Parameters, values: Values, rows: number): void {
  for (const [key, parameter] of Object.entries(parameters)) {
    const problem = problemOf(parameter, values[key], rows);
    if (problem) throw badRule(rule, `\`${path}${key}\` ${problem.expected}`, problem.got);
  }
}

function least({ steps, last }: ChosenRule): number {
  return steps.reduceRight(
    (behind, { method, values }) => method.least(values, behind),
    last.method.least(last.values),
  );
}

/** Rows that pre-aggregators make of n updates. */
function rowsAfter(steps: ChosenRule['steps'], n: number): number {
  return steps.reduce((rows, { method, values }) => method.makes(values, rows), n);
}

function badRule(rule: unknown, expected: string, got: string): CoveyError {
  return coreError('CORE_BAD_RULE', `Rule ${describe(rule)} cannot be applied`, { expected, got });
}
