import { rules, suitedRule, type PreAggregator, type Rule } from '@covey/wasm-core';
import {
  gaussian,
  innerProduct,
  largeValue,
  littleIsEnough,
  mimic,
  minMax,
  notANumber,
  signFlip,
  type Attack,
} from '@covey/wasm-core/attacks';

/** An attack on updates, or on the data that hostile nodes train on, or none. */
export type Threat = { name: string } & ({ kind: 'none' | 'labels' } | { kind: 'updates'; attack: Attack });

export const threats: Threat[] = [
  { name: 'no attack', kind: 'none' },
  { name: 'label flip', kind: 'labels' },
  { name: 'sign flip ×4', kind: 'updates', attack: signFlip(4) },
  { name: 'IPM ε 0.5', kind: 'updates', attack: innerProduct(0.5) },
  { name: 'IPM ε 10', kind: 'updates', attack: innerProduct(10) },
  { name: 'ALIE', kind: 'updates', attack: littleIsEnough },
  { name: 'mimic', kind: 'updates', attack: mimic },
  { name: 'min-max', kind: 'updates', attack: minMax },
  { name: 'Gaussian σ 200', kind: 'updates', attack: gaussian(200) },
  { name: 'value 1e38', kind: 'updates', attack: largeValue(1e38) },
  { name: 'NaN', kind: 'updates', attack: notANumber },
];

export interface Configuration {
  name: string;
  rule: Rule;
}

/** Pre-aggregators before rules, those that gain most from them. */
const combined: { pre: PreAggregator['pre'][]; rule: Rule['rule'] }[] = [
  { pre: ['arc'], rule: 'fedavg' },
  { pre: ['arc'], rule: 'trimmed-mean' },
  { pre: ['nnm'], rule: 'median' },
  { pre: ['nnm'], rule: 'trimmed-mean' },
  { pre: ['nnm'], rule: 'krum' },
  { pre: ['nnm'], rule: 'geometric-median' },
  { pre: ['bucketing'], rule: 'geometric-median' },
  { pre: ['clip'], rule: 'trimmed-mean' },
  { pre: ['arc', 'nnm'], rule: 'trimmed-mean' },
];

/** Every rule with the parameters that suit f hostile updates of n ≥ 4f + 3, then pre-aggregators before some. */
export function configurations(n: number, f: number): Configuration[] {
  const alone = rules.map(({ name }) => ({ pre: [], rule: name }));
  return [...alone, ...combined].map(({ pre, rule }) => ({
    name: [...pre, rule].join(' + '),
    rule: suitedRule(rule, pre, n, f),
  }));
}
