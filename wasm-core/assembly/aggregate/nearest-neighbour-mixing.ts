import { TILE_COLUMNS } from '../memory';
import { fillNeighbours, neighboursBytes, orderOf } from './neighbours';
import { orderStatisticSimd, orderStatisticWorkspace } from './order-statistic-f32-simd';
import { equalShares } from './shares';
import { weightedMeanSimd } from './weighted-mean-f32-simd';

// NNM: Allouah et al., "Fixing by Mixing: A Recipe for Optimal Byzantine ML under Heterogeneity", AISTATS 2023.
//   y_i = mean of the n − f rows nearest to x_i (x_i included), then the trimmed mean of y_1 … y_n.

/** workspace: f32[n][d] mixed, u32[n] their pointers, u32[n] nearest, f64[n] shares, sums, neighbours, network. */
export function mixedTrimmedMeanWorkspace(n: f64, d: f64): f64 {
  return 4 * n * d + 16 * n + 8 * <f64>TILE_COLUMNS + neighboursBytes(n) + orderStatisticWorkspace(n) + 128;
}

export function mixedTrimmedMean(
  rows: usize,
  n: u32,
  d: u32,
  byzantine: u32,
  trim: u32,
  out: usize,
  workspace: usize,
): void {
  const pointers = workspace + ((<usize>n * d) << 2);
  const nearest = pointers + ((<usize>n) << 2);
  const shares = nearest + ((<usize>n) << 2);
  const sums = shares + ((<usize>n) << 3);
  const neighbours = sums + ((<usize>TILE_COLUMNS) << 3) + 16;
  const network = neighbours + <usize>n * n * 12;
  const kept = n - byzantine;
  fillNeighbours(rows, n, d, neighbours);
  equalShares(shares, kept);
  for (let i: u32 = 0; i < n; ++i) {
    const list = orderOf(neighbours, n) + ((<usize>i * n) << 2);
    for (let k: u32 = 0; k < kept; ++k) {
      const row = load<u32>(list + ((<usize>k) << 2));
      store<u32>(nearest + ((<usize>k) << 2), load<u32>(rows + ((<usize>row) << 2)));
    }
    const mixed = workspace + ((<usize>i * d) << 2);
    store<u32>(pointers + ((<usize>i) << 2), <u32>mixed);
    weightedMeanSimd(nearest, shares, kept, d, mixed, sums);
  }
  orderStatisticSimd(pointers, n, d, trim, n - trim, out, network);
}
