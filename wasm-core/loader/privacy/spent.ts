import { requireNumber } from '../arguments.ts';
import { lossEpsilon } from './compose.ts';
import { merged, type Release } from './release.ts';
import { renyiEpsilon } from './renyi.ts';

/** By Rényi divergences, or by privacy loss distributions, which are tighter. */
export type Accountant = 'rdp' | 'pld';

export interface CompositionParameters {
  releases: readonly Release[];
  /** Chance that all of them together fail to be ε-private, below 1. */
  delta: number;
  /** Default: `pld`. */
  accountant?: Accountant;
}

export interface PrivacySpent {
  epsilon: number;
  /** Order α of the Rényi divergence that gave the least ε; of `rdp` alone. */
  order: number | null;
}

/**
 * ε at δ of releases of the sampled Gaussian mechanism, where neighbours differ in one record that is there or not. An upper
 * bound by either accountant, of releases that may have been chosen after those before.
 *
 * For reports and a node's own budget, not for results: the host's Math is used, so the last digits may differ between hosts.
 */
export function composePrivacy({ releases, delta, accountant = 'pld' }: CompositionParameters): PrivacySpent {
  requireNumber('delta', delta, Number.MIN_VALUE, 1);
  const all = merged(releases);
  if (all.length === 0) return { epsilon: 0, order: accountant === 'rdp' ? Infinity : null };
  const renyi = renyiEpsilon(all, delta);
  if (accountant === 'rdp') return renyi;
  // Both bound it from above; the loss distribution gives none where δ is as small as what doubles round.
  return { epsilon: Math.min(renyi.epsilon, lossEpsilon(all, delta)), order: null };
}

/** The same of equal releases. */
export function privacySpent({
  delta,
  accountant,
  ...release
}: Release & Omit<CompositionParameters, 'releases'>): PrivacySpent {
  return composePrivacy({ releases: [release], delta, ...(accountant && { accountant }) });
}

export interface NoiseParameters extends Omit<Release, 'noise'>, Omit<CompositionParameters, 'releases'> {
  /** What may be spent. */
  epsilon: number;
}

/** What part of the noise may be more than is needed. */
const PRECISION = 1e-4;

/** The least noise, within a ten-thousandth, with which so many releases stay within ε at δ; never too little. */
export function noiseFor({ epsilon, ...parameters }: NoiseParameters): number {
  requireNumber('epsilon', epsilon, Number.MIN_VALUE, Infinity);
  const fits = (noise: number) => privacySpent({ noise, ...parameters }).epsilon <= epsilon;
  if (parameters.steps === 0 || parameters.sampling === 0) return 0;
  let high = 1;
  while (!fits(high)) high *= 2;
  let low = high / 2;
  while (fits(low)) [low, high] = [low / 2, low];
  while (high / low > 1 + PRECISION) {
    const middle = Math.sqrt(low * high);
    if (fits(middle)) high = middle;
    else low = middle;
  }
  return high;
}
