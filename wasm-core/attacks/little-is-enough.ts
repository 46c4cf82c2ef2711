import { copies, deviationOf, meanOf, type Attack } from './attack.ts';

/**
 * ALIE, a little is enough: mean − z · deviation in each coordinate, z the largest for which enough honest updates lie
 * further out that a majority seems to agree: Φ(z) < (n − f − s) / (n − f), s = ⌊n/2 + 1⌋ − f. Baruch, Baruch, Goldberg,
 * "A Little Is Enough: Circumventing Defenses For Distributed Learning", NeurIPS 2019.
 */
export const littleIsEnough: Attack = ({ honest, own }) => {
  const n = honest.length + own.length;
  const supporters = Math.floor(n / 2 + 1) - own.length;
  const z = normalQuantile((honest.length - supporters) / honest.length);
  const mean = meanOf(honest);
  const deviation = deviationOf(honest, mean);
  return copies(
    Float32Array.from(mean, (x, c) => x - z * deviation[c]!),
    own.length,
  );
};

/** Φ⁻¹(p) by bisection; within 1e-6 for 0.001 ≤ p ≤ 0.999. */
export function normalQuantile(p: number): number {
  let [low, high] = [-4, 4];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (normalCumulative(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Φ(x) = ½ + φ(x) (x + x³/3 + x⁵/15 + …). */
function normalCumulative(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 3; k < 120; k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return 0.5 + (sum * Math.exp(-(x * x) / 2)) / Math.sqrt(2 * Math.PI);
}
