import { TILE_COLUMNS } from '../memory';
import { fillNeighbours, nearestSum, neighboursBytes } from './neighbours';
import { equalShares } from './shares';
import { weightedMeanSimd } from './weighted-mean-f32-simd';

// Krum, Multi-Krum: Blanchard et al., "Machine Learning with Adversaries: Byzantine Tolerant Gradient Descent", NIPS 2017.
//   score(i) = Σ ‖x_i − x_j‖² over the n − f − 2 others j nearest to i (at least one)
//   Krum = the row with the lowest score; Multi-Krum = the mean of the `select` rows with the lowest scores.
// Ties go to the lower index. (ByzFL averages n − f − 1 instead; we follow the paper, as Flower does.)

/** workspace: neighbours, f64[n] scores, f64[n] shares, u32[n] chosen rows, u8[n] alive, f64[TILE_COLUMNS + 2]. */
export function krumWorkspace(n: f64): f64 {
  return neighboursBytes(n) + 21 * n + 8 * <f64>TILE_COLUMNS + 64;
}

/** selected: u32[select], ascending. Needs 1 ≤ select ≤ n. */
export function krum(
  rows: usize,
  n: u32,
  d: u32,
  byzantine: u32,
  select: u32,
  out: usize,
  selected: usize,
  workspace: usize,
): void {
  const scores = workspace + <usize>n * n * 12;
  // n² · 12 is a multiple of 4 only: f64 accesses need no alignment in WebAssembly.
  const shares = scores + ((<usize>n) << 3);
  const chosen = shares + ((<usize>n) << 3);
  const alive = chosen + ((<usize>n) << 2);
  const sums = alive + <usize>n;
  fillNeighbours(rows, n, d, workspace);
  memory.fill(alive, 1, n);
  const count: u32 = n > byzantine + 3 ? n - byzantine - 2 : 1;
  for (let i: u32 = 0; i < n; ++i) store<f64>(scores + ((<usize>i) << 3), nearestSum(workspace, n, i, count, alive));
  for (let k: u32 = 0; k < select; ++k) store<u8>(alive + lowestScore(scores, alive, n), 0);
  let k: usize = 0;
  for (let i: u32 = 0; i < n; ++i) {
    if (load<u8>(alive + i)) continue;
    store<u32>(selected + (k << 2), i);
    store<u32>(chosen + (k << 2), load<u32>(rows + ((<usize>i) << 2)));
    ++k;
  }
  equalShares(shares, select);
  weightedMeanSimd(chosen, shares, select, d, out, sums);
}

/** Index of the lowest score among the alive, the first of equals. */
export function lowestScore(scores: usize, alive: usize, n: u32): u32 {
  let best: u32 = n;
  let bestScore: f64 = Infinity;
  for (let i: u32 = 0; i < n; ++i) {
    if (!load<u8>(alive + i)) continue;
    const score = load<f64>(scores + ((<usize>i) << 3));
    if (best == n || score < bestScore) {
      best = i;
      bestScore = score;
    }
  }
  return best;
}
