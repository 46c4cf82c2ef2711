import { cell } from './gram-f32-simd';
import { keptShare } from './share';

// Clipping as a pre-aggregator, x_i ← x_i · min(1, C / ‖x_i‖): bounds what any one update can do, by itself tolerates none.
//   fixed C: Sun et al., "Can You Really Backdoor Federated Learning?", 2019; its mean is norm clipping, the rule.
//   ARC: Allouah et al., "Adaptive Gradient Clipping for Robust Federated Learning", ICLR 2025: C is the (k + 1)-th
//   largest norm, k = ⌊2 (f/n) (n − f)⌋; keeps the bound of the rule behind it and adds one that does not depend on how
//   far hostile updates go.

/** factors f64[n] = min(1, radius / ‖x_i‖), 0 where that leaves nothing of any f32 (share.ts). */
export function clipFactors(gram: usize, n: u32, radius: f64, factors: usize): void {
  for (let i: u32 = 0; i < n; ++i) {
    const norm = sqrt(load<f64>(cell(gram, n, i, i)));
    store<f64>(factors + ((<usize>i) << 3), norm > radius ? keptShare(radius / norm) : 1.0);
  }
}

/** factors f64[n] of ARC for f < n / 2. */
export function adaptiveClipFactors(gram: usize, n: u32, byzantine: u32, factors: usize): void {
  const clipped = (2 * byzantine * (n - byzantine)) / n;
  clipFactors(gram, n, rankedNorm(gram, n, n - 1 - clipped, factors), factors);
}

/** The norm of rank k (0: least); workspace f64[n]. */
export function rankedNorm(gram: usize, n: u32, k: u32, workspace: usize): f64 {
  for (let i: u32 = 0; i < n; ++i) {
    const norm = sqrt(load<f64>(cell(gram, n, i, i)));
    let at = workspace + ((<usize>i) << 3);
    while (at > workspace && load<f64>(at - 8) > norm) {
      store<f64>(at, load<f64>(at - 8));
      at -= 8;
    }
    store<f64>(at, norm);
  }
  return load<f64>(workspace + ((<usize>k) << 3));
}
