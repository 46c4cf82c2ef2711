import { squaredDistanceSimd } from './distance-f64-simd';

// All pairwise squared distances and, for each row, the others ordered by (distance, index).
//   distances: f64[n][n]      order: u32[n][n], order[i][k] = k-th nearest row to i; order[i] contains i itself.

export function neighboursBytes(n: f64): f64 {
  return n * n * 12;
}

/** Fills distances at `at` and the order behind them. Ties go to the lower index. */
export function fillNeighbours(rows: usize, n: u32, d: u32, at: usize): void {
  const order = orderOf(at, n);
  for (let i: u32 = 0; i < n; ++i) {
    const a = <usize>load<u32>(rows + ((<usize>i) << 2));
    store<f64>(cell(at, n, i, i), 0);
    for (let j = i + 1; j < n; ++j) {
      const distance = squaredDistanceSimd(a, <usize>load<u32>(rows + ((<usize>j) << 2)), d);
      store<f64>(cell(at, n, i, j), distance);
      store<f64>(cell(at, n, j, i), distance);
    }
  }
  for (let i: u32 = 0; i < n; ++i) {
    const list = order + ((<usize>i * n) << 2);
    for (let j: u32 = 0; j < n; ++j) {
      const distance = load<f64>(cell(at, n, i, j));
      let to = list + ((<usize>j) << 2);
      while (to > list && load<f64>(cell(at, n, i, load<u32>(to - 4))) > distance) {
        store<u32>(to, load<u32>(to - 4));
        to -= 4;
      }
      store<u32>(to, j);
    }
  }
}

export function orderOf(distances: usize, n: u32): usize {
  return distances + ((<usize>n * n) << 3);
}

export function cell(distances: usize, n: u32, i: u32, j: u32): usize {
  return distances + ((<usize>i * n + j) << 3);
}

/** Sum, nearest first, of the `count` smallest distances from i to the others that are alive (u8[n]). */
export function nearestSum(distances: usize, n: u32, i: u32, count: u32, alive: usize): f64 {
  const list = orderOf(distances, n) + ((<usize>i * n) << 2);
  let sum: f64 = 0;
  for (let k: u32 = 0, taken: u32 = 0; k < n && taken < count; ++k) {
    const j = load<u32>(list + ((<usize>k) << 2));
    if (j == i || !load<u8>(alive + j)) continue;
    sum += load<f64>(cell(distances, n, i, j));
    ++taken;
  }
  return sum;
}
