import type { TaskRule } from '@covey/protocol';
import { leastUpdates, suitedRule, type Rule } from '@covey/wasm-core';
import type { Cell } from './cells.ts';
import { referenceSetting } from './setting.ts';

/** Rules that see updates alone, and pre-aggregators before some. */
const named: [Rule['rule'], pre?: 'nnm'][] = [
  ['fedavg'],
  ['median'],
  ['trimmed-mean'],
  ['norm-clip'],
  ['centred-clip'],
  ['geometric-median'],
  ['krum'],
  ['multi-krum'],
  ['bulyan'],
  ['mda'],
  ['trimmed-mean', 'nnm'],
  ['geometric-median', 'nnm'],
];

/** Each with the parameters that suit so many hostile nodes, where the nodes are enough for it. */
export function classicRules(hostile: number): Rule[] {
  const { nodes } = referenceSetting;
  const all = named.map(([name, pre]) => suitedRule(name, pre ? [pre] : [], nodes, Math.round(hostile * nodes)));
  return all.filter((rule) => leastUpdates(rule) <= nodes);
}

export function isClassic({ change }: Pick<Cell, 'change'>): boolean {
  return change.rule !== undefined && change.rule.rule !== 'attributed-mean';
}

export function ruleName(rule: TaskRule): string {
  const pre = 'pre' in rule ? (rule.pre ?? []).map((one) => one.pre) : [];
  return [...pre, rule.rule === 'fedavg' ? 'plain mean' : rule.rule].join(' + ');
}
