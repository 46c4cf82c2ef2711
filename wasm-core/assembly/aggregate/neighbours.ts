import { cell } from './gram-f32-simd';

/**
 * order: u32[n][n], order[i][k] = the k-th nearest row to i (i itself included), by (distance, index): ties go to the
 * lower index.
 */
export function fillOrder(distances: usize, n: u32, order: usize): void {
  for (let i: u32 = 0; i < n; ++i) {
    const list = order + ((<usize>i * n) << 2);
    for (let j: u32 = 0; j < n; ++j) {
      const distance = load<f64>(cell(distances, n, i, j));
      let to = list + ((<usize>j) << 2);
      while (to > list && load<f64>(cell(distances, n, i, load<u32>(to - 4))) > distance) {
        store<u32>(to, load<u32>(to - 4));
        to -= 4;
      }
      store<u32>(to, j);
    }
  }
}

/** Sum, nearest first, of the `count` smallest distances from i to the others that are alive (u8[n]). */
export function nearestSum(distances: usize, order: usize, n: u32, i: u32, count: u32, alive: usize): f64 {
  const list = order + ((<usize>i * n) << 2);
  let sum: f64 = 0;
  for (let k: u32 = 0, taken: u32 = 0; k < n && taken < count; ++k) {
    const j = load<u32>(list + ((<usize>k) << 2));
    if (j == i || !load<u8>(alive + j)) continue;
    sum += load<f64>(cell(distances, n, i, j));
    ++taken;
  }
  return sum;
}
