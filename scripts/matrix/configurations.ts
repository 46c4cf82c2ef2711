import type { Rule } from '@covey/wasm-core';
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

/** Every rule for f hostile updates of n ≥ 4f + 3, and the pre-aggregators before those that gain most. */
export function configurations(n: number, f: number): Configuration[] {
  const nnm = { pre: 'nnm', byzantine: f } as const;
  const arc = { pre: 'arc', byzantine: f } as const;
  return [
    { name: 'FedAvg', rule: { rule: 'fedavg' } },
    { name: 'norm clipping', rule: { rule: 'norm-clip', clip: 0.5 } },
    { name: 'centred clipping', rule: { rule: 'centred-clip', radius: 0.5, iterations: 5 } },
    { name: 'median', rule: { rule: 'median' } },
    { name: 'trimmed mean', rule: { rule: 'trimmed-mean', trim: f } },
    { name: 'Krum', rule: { rule: 'krum', byzantine: f } },
    { name: 'Multi-Krum', rule: { rule: 'multi-krum', byzantine: f, select: n - f } },
    { name: 'Bulyan', rule: { rule: 'bulyan', byzantine: f } },
    { name: 'MDA', rule: { rule: 'mda', byzantine: f } },
    { name: 'geometric median', rule: { rule: 'geometric-median' } },
    { name: 'ARC + FedAvg', rule: { rule: 'fedavg', pre: [arc] } },
    { name: 'ARC + trimmed mean', rule: { rule: 'trimmed-mean', trim: f, pre: [arc] } },
    { name: 'NNM + median', rule: { rule: 'median', pre: [nnm] } },
    { name: 'NNM + trimmed mean', rule: { rule: 'trimmed-mean', trim: f, pre: [nnm] } },
    { name: 'NNM + Krum', rule: { rule: 'krum', byzantine: f, pre: [nnm] } },
    { name: 'NNM + geometric median', rule: { rule: 'geometric-median', pre: [nnm] } },
    {
      name: 'bucketing + geometric median',
      rule: { rule: 'geometric-median', pre: [{ pre: 'bucketing', size: 2, seed: 1 }] },
    },
    { name: 'ARC + NNM + trimmed mean', rule: { rule: 'trimmed-mean', trim: f, pre: [arc, nnm] } },
  ];
}
