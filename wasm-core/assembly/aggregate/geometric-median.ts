import { clipFactors, rankedNorm } from './clipping';
import { cell } from './gram-f32-simd';
import { scaleGeometry } from './geometry';
import { keptShare } from './share';

// Geometric median, argmin_z Σ ‖z − x_i‖, as an aggregation rule: Pillutla, Kakade, Harchaoui, "Robust Aggregation for
// Federated Learning" (RFA), 2022. Weiszfeld's iteration with Vardi and Zhang's step at a data point ("The multivariate
// L1-median and associated data depth", PNAS 2000), smoothed in that a row within 2^-23 of the scale counts as met.
//   T = Σ_{x_i ≠ z} x_i/‖z − x_i‖ / Σ_{x_i ≠ z} 1/‖z − x_i‖;   η rows equal z;   r = ‖T − z‖ · Σ_{x_i ≠ z} 1/‖z − x_i‖
//   z ← T when η = 0, else T + min(1, η/r)·(z − T)
// Tolerates f < n / 2. z is a weighted mean of the rows, Σ u_i x_i with Σ u_i = 1, so that with e = D u all follow from D:
//   ‖z − x_i‖² = e_i − uᵀe/2;   ‖Σ v_i x_i‖² = −vᵀDv/2 for Σ v_i = 0.
// A row beyond 2^20 median norms is first moved in along its ray to that norm: from the median its direction changes by
// less than 2^-20, and without it f64 would lose the honest distances beside it. Stops when ‖step‖ is below 1e-9 of the
// median distance, or after 1,000 steps: a fixed bound, so it always ends.

const STEPS: u32 = 1000;
const TOLERANCE: f64 = 1e-9;
const FAR: f64 = 1048576;
const SAME: f64 = 1.1920928955078125e-7;

/** workspace: seven f64[n]. */
export function geometricMedianWorkspace(n: f64): f64 {
  return 56 * n;
}

/** shares f64[n]: the median is Σ shares_i x_i. Overwrites gram and distances. */
export function geometricMedian(gram: usize, distances: usize, n: u32, shares: usize, workspace: usize): void {
  const size = (<usize>n) << 3;
  const factors = workspace;
  const e = factors + size;
  const gaps = e + size;
  const sorted = gaps + size;
  const target = sorted + size;
  const step = target + size;
  const image = step + size;
  memory.fill(shares, 0, size);
  const typical = rankedNorm(gram, n, (n - 1) >> 1, sorted);
  // At least half of the rows are zero: so is their median.
  if (typical == 0) return;
  clipFactors(gram, n, typical * FAR, factors);
  scaleGeometry(gram, distances, n, factors);

  startNear(gram, n, typical, shares);
  for (let k: u32 = 0; k < STEPS; ++k) {
    multiply(distances, n, shares, e);
    const half = dot(shares, e, n) / 2;
    for (let i: usize = 0; i < size; i += 8) {
      const square = load<f64>(e + i) - half;
      store<f64>(gaps + i, square > 0 ? sqrt(square) : 0);
    }
    const scale = lowerMedian(gaps, sorted, n);
    // More than half of the rows equal z.
    if (scale == 0) break;
    let inverse: f64 = 0;
    let met: f64 = 0;
    for (let i: usize = 0; i < size; i += 8) {
      const gap = load<f64>(gaps + i);
      if (gap <= SAME * scale) {
        met += 1;
        store<f64>(target + i, 0);
      } else {
        store<f64>(target + i, 1.0 / gap);
        inverse += 1.0 / gap;
      }
    }
    if (inverse == 0) break;
    for (let i: usize = 0; i < size; i += 8) {
      store<f64>(target + i, load<f64>(target + i) / inverse);
      store<f64>(step + i, load<f64>(target + i) - load<f64>(shares + i));
    }
    multiply(distances, n, step, image);
    const squared = -0.5 * dot(step, image, n);
    const moved = squared > 0 ? sqrt(squared) : 0;
    const hold = met == 0 ? 0.0 : min(1.0, met / (moved * inverse));
    for (let i: usize = 0; i < size; i += 8) {
      store<f64>(shares + i, load<f64>(target + i) - hold * load<f64>(step + i));
    }
    if (moved * (1.0 - hold) <= TOLERANCE * scale) break;
  }
  for (let i: usize = 0; i < size; i += 8) {
    store<f64>(shares + i, keptShare(load<f64>(shares + i) * load<f64>(factors + i)));
  }
}

/** A weighted mean that rows far away cannot carry off: weights min(1, 4 · typical / norm). */
function startNear(gram: usize, n: u32, typical: f64, shares: usize): void {
  clipFactors(gram, n, 4 * typical, shares);
  let total: f64 = 0;
  for (let i: u32 = 0; i < n; ++i) total += load<f64>(shares + ((<usize>i) << 3));
  for (let i: u32 = 0; i < n; ++i) {
    const at = shares + ((<usize>i) << 3);
    store<f64>(at, load<f64>(at) / total);
  }
}

/** out = D v. */
function multiply(distances: usize, n: u32, v: usize, out: usize): void {
  for (let i: u32 = 0; i < n; ++i) store<f64>(out + ((<usize>i) << 3), dot(cell(distances, n, i, 0), v, n));
}

function dot(a: usize, b: usize, n: u32): f64 {
  let sum: f64 = 0;
  for (let i: usize = 0; i < (<usize>n) << 3; i += 8) sum += load<f64>(a + i) * load<f64>(b + i);
  return sum;
}

function lowerMedian(values: usize, sorted: usize, n: u32): f64 {
  for (let i: u32 = 0; i < n; ++i) {
    const value = load<f64>(values + ((<usize>i) << 3));
    let at = sorted + ((<usize>i) << 3);
    while (at > sorted && load<f64>(at - 8) > value) {
      store<f64>(at, load<f64>(at - 8));
      at -= 8;
    }
    store<f64>(at, value);
  }
  return load<f64>(sorted + ((<usize>((n - 1) >> 1)) << 3));
}
