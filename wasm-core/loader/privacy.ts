import { requireInteger, requireNumber } from './arguments.ts';

export interface PrivacyParameters {
  /** Standard deviation of the noise over the L2 norm that values are clipped to. */
  noise: number;
  /** Releases of noised values. */
  steps: number;
  /** Chance that a release fails to be ε-private, below 1. */
  delta: number;
  /** Chance with which each record takes part in a release (Poisson sampling); 1 when all do. */
  sampling?: number;
}

export interface PrivacySpent {
  epsilon: number;
  /** Order α of the Rényi divergence that gave the least ε. */
  order: number;
}

/**
 * ε at δ of the sampled Gaussian mechanism, where neighbours differ in one record that is there or not.
 *
 * Rényi differential privacy of one step at integer order α: Mironov, Talwar, Zhang, "Rényi Differential Privacy of the
 * Sampled Gaussian Mechanism", 2019, section 3.3; steps add up. From (α, ρ) to (ε, δ): Canonne, Kamath, Steinke, "The
 * Discrete Gaussian for Differential Privacy", 2020, proposition 12:
 *   ρ(α) = ln( Σ_k C(α, k) (1 − q)^(α−k) q^k e^((k² − k) / 2σ²) ) / (α − 1),    ρ(α) = α / 2σ² for q = 1
 *   ε = steps · ρ + ln(1 − 1/α) − (ln δ + ln α) / (α − 1)
 *
 * For reports, not for results: the host's Math is used, so the last digits may differ between hosts.
 */
export function privacySpent({ noise, steps, delta, sampling = 1 }: PrivacyParameters): PrivacySpent {
  requireNumber('noise', noise, 0, Infinity);
  requireInteger('steps', steps, 0, Number.MAX_SAFE_INTEGER);
  requireNumber('delta', delta, Number.MIN_VALUE, 1);
  requireNumber('sampling', sampling, 0, 1 + Number.EPSILON);
  if (steps === 0 || sampling === 0) return { epsilon: 0, order: Infinity };
  let best: PrivacySpent = { epsilon: Infinity, order: NaN };
  for (const order of sampling === 1 ? [...tenths, ...integers] : integers) {
    const rho = sampling === 1 ? order / (2 * noise ** 2) : logMoment(order, sampling, noise) / (order - 1);
    const epsilon = steps * rho + Math.log1p(-1 / order) - (Math.log(delta) + Math.log(order)) / (order - 1);
    if (epsilon < best.epsilon) best = { epsilon: Math.max(0, epsilon), order };
  }
  return best;
}

const integers = Array.from({ length: 1023 }, (_, i) => i + 2);
/** Orders between the integers are known in closed form without sampling only. */
const tenths = Array.from({ length: 99 }, (_, i) => 1.1 + i / 10);

function logMoment(order: number, q: number, sigma: number): number {
  let logBinomial = 0;
  const terms: number[] = [];
  for (let k = 0; k <= order; k++) {
    terms.push(logBinomial + (order - k) * Math.log1p(-q) + k * Math.log(q) + (k * (k - 1)) / (2 * sigma ** 2));
    logBinomial += Math.log((order - k) / (k + 1));
  }
  const most = Math.max(...terms);
  return most + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - most), 0));
}
