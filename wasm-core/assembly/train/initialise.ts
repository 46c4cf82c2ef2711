import { nextRandom } from './random';

/**
 * f32[n] ~ U(−b, b), b = √boundSquared: u = 24 random bits / 2^24 + 2^-25, symmetric about ½, never 0 or 1. The host chooses
 * b; for weights He et al., "Delving Deep into Rectifiers", ICCV 2015: √(6 / inputs).
 */
export function uniform(state: usize, boundSquared: f64, n: u32, out: usize): void {
  const bound = sqrt(boundSquared);
  for (let i: u32 = 0; i < n; ++i) {
    const u = (<f64>(nextRandom(state) >> 40) + 0.5) / 16777216.0;
    store<f32>(out, <f32>((2.0 * u - 1.0) * bound));
    out += 4;
  }
}
