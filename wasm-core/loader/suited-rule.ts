import type { Rule } from './check-rule.ts';
import { preAggregators, type PreAggregatorName } from './pre-aggregators/index.ts';
import { rules, type RuleName } from './rules/index.ts';

/** A rule behind pre-aggregators, each with the parameters that suit n updates of which f may be hostile. */
export function suitedRule(name: RuleName, pre: readonly PreAggregatorName[], n: number, f: number): Rule {
  const { suited } = rules.find((rule) => rule.name === name)!;
  const steps = pre.map((step) => ({ pre: step, ...preAggregators.find((one) => one.name === step)!.suited(n, f) }));
  // Each value comes from the table of its own method.
  return { rule: name, ...suited(n, f), ...(steps.length > 0 && { pre: steps }) } as Rule;
}
