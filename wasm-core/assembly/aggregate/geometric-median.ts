import { orderStatisticSimd, orderStatisticWorkspace } from './order-statistic-f32-simd';

// Geometric median, argmin_z Σ ‖z − x_i‖: Weiszfeld's iteration with Vardi and Zhang's step at a data point ("The
// multivariate L1-median and associated data depth", PNAS 2000); as an aggregation rule: Pillutla et al., RFA, 2022.
//   T = Σ_{x_i ≠ z} x_i/‖z − x_i‖ / Σ_{x_i ≠ z} 1/‖z − x_i‖;   η rows equal z;   r = ‖T − z‖ · Σ_{x_i ≠ z} 1/‖z − x_i‖
//   z ← T when η = 0, else T + min(1, η/r)·(z − T)
// Starts from the coordinate-wise median, which hostile rows cannot carry away. z is f64. Stops when ‖step‖ is below
// 1e-11 of the median distance to the rows, or after 300 steps: a fixed bound, so it always ends.

const STEPS: u32 = 300;
const TOLERANCE: f64 = 1e-11;

/** workspace: f64[d] z, f64[d] T, f64[n] distances, f64[n] sorted, then the median's own. */
export function geometricMedianWorkspace(n: f64, d: f64): f64 {
  return 16 * d + 16 * n + orderStatisticWorkspace(n) + 64;
}

export function geometricMedian(rows: usize, n: u32, d: u32, out: usize, workspace: usize): void {
  const z = workspace;
  const next = z + ((<usize>d) << 3);
  const distances = next + ((<usize>d) << 3);
  const sorted = distances + ((<usize>n) << 3);
  orderStatisticSimd(rows, n, d, (n - 1) >> 1, (n >> 1) + 1, out, sorted + ((<usize>n) << 3));
  for (let c: u32 = 0; c < d; ++c) store<f64>(z + ((<usize>c) << 3), <f64>load<f32>(out + ((<usize>c) << 2)));

  for (let step: u32 = 0; step < STEPS; ++step) {
    for (let i: u32 = 0; i < n; ++i) {
      const x = <usize>load<u32>(rows + ((<usize>i) << 2));
      store<f64>(distances + ((<usize>i) << 3), distanceTo(z, x, d));
    }
    const scale = middle(distances, sorted, n);
    let inverse: f64 = 0;
    let equal: f64 = 0;
    memory.fill(next, 0, (<usize>d) << 3);
    for (let i: u32 = 0; i < n; ++i) {
      const distance = load<f64>(distances + ((<usize>i) << 3));
      if (distance <= 1e-13 * scale) {
        equal += 1;
        continue;
      }
      const weight = 1.0 / distance;
      inverse += weight;
      accumulate(next, <usize>load<u32>(rows + ((<usize>i) << 2)), weight, d);
    }
    // Every row equals z, or more than half of them do (scale 0): z is the median.
    if (inverse == 0 || scale == 0) break;
    let squared: f64 = 0;
    for (let c: u32 = 0; c < d; ++c) {
      const at = (<usize>c) << 3;
      const target = load<f64>(next + at) / inverse;
      const move = target - load<f64>(z + at);
      squared += move * move;
      store<f64>(next + at, target);
    }
    const moved = sqrt(squared);
    const hold = equal == 0 ? 0.0 : min(1.0, equal / (moved * inverse));
    for (let c: u32 = 0; c < d; ++c) {
      const at = (<usize>c) << 3;
      const target = load<f64>(next + at);
      store<f64>(z + at, target + hold * (load<f64>(z + at) - target));
    }
    if (moved * (1.0 - hold) <= TOLERANCE * scale) break;
  }
  for (let c: u32 = 0; c < d; ++c) {
    store<f32>(out + ((<usize>c) << 2), <f32>load<f64>(z + ((<usize>c) << 3)) + <f32>0);
  }
}

/** ‖z − x‖, two partial sums (column mod 2). */
function distanceTo(z: usize, x: usize, d: u32): f64 {
  let sums = f64x2.splat(0);
  let c: u32 = 0;
  for (; c + 2 <= d; c += 2) {
    const wide = f64x2.promote_low_f32x4(v128.load64_zero(x + ((<usize>c) << 2)));
    const gap = f64x2.sub(v128.load(z + ((<usize>c) << 3)), wide);
    sums = f64x2.add(sums, f64x2.mul(gap, gap));
  }
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  if (c < d) {
    const gap = load<f64>(z + ((<usize>c) << 3)) - <f64>load<f32>(x + ((<usize>c) << 2));
    sum += gap * gap;
  }
  return sqrt(sum);
}

function accumulate(into: usize, x: usize, weight: f64, d: u32): void {
  const w = f64x2.splat(weight);
  let c: u32 = 0;
  for (; c + 2 <= d; c += 2) {
    const at = into + ((<usize>c) << 3);
    const wide = f64x2.promote_low_f32x4(v128.load64_zero(x + ((<usize>c) << 2)));
    v128.store(at, f64x2.add(v128.load(at), f64x2.mul(w, wide)));
  }
  if (c < d) {
    const at = into + ((<usize>c) << 3);
    store<f64>(at, load<f64>(at) + weight * <f64>load<f32>(x + ((<usize>c) << 2)));
  }
}

/** Lower median of f64[n]. */
function middle(values: usize, sorted: usize, n: u32): f64 {
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
