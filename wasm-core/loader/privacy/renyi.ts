import type { Release } from './release.ts';

/**
 * Rényi differential privacy of one step of the sampled Gaussian mechanism at integer order α: Mironov, Talwar, Zhang,
 * "Rényi Differential Privacy of the Sampled Gaussian Mechanism", 2019, section 3.3; steps add up. From (α, ρ) to (ε, δ):
 * Canonne, Kamath, Steinke, "The Discrete Gaussian for Differential Privacy", 2020, proposition 12:
 *   ρ(α) = ln( Σ_k C(α, k) (1 − q)^(α−k) q^k e^((k² − k) / 2σ²) ) / (α − 1),    ρ(α) = α / 2σ² for q = 1
 *   ε = Σ steps · ρ + ln(1 − 1/α) − (ln δ + ln α) / (α − 1)
 */
export function renyiEpsilon(
  releases: readonly Required<Release>[],
  delta: number,
): { epsilon: number; order: number } {
  let best = { epsilon: Infinity, order: NaN };
  const isWhole = releases.every(({ sampling }) => sampling === 1);
  for (const order of isWhole ? [...tenths, ...integers] : integers) {
    const rho = releases.reduce((sum, { noise, sampling, steps }) => {
      const one = sampling === 1 ? order / (2 * noise ** 2) : logMoment(order, sampling, noise) / (order - 1);
      return sum + steps * one;
    }, 0);
    const epsilon = rho + Math.log1p(-1 / order) - (Math.log(delta) + Math.log(order)) / (order - 1);
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
