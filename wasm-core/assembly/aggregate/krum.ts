import { fillOrder, nearestSum } from './neighbours';

// Krum, Multi-Krum: Blanchard et al., "Machine Learning with Adversaries: Byzantine Tolerant Gradient Descent", NIPS 2017.
//   score(i) = Σ ‖x_i − x_j‖² over the n − f − 2 others j nearest to i (at least one)
//   Krum = the row with the lowest score; Multi-Krum = the mean of the `select` rows with the lowest scores.
// Tolerates f hostile updates of n ≥ 2f + 3. Ties go to the lower index. (ByzFL averages n − f − 1 instead; we follow the
// paper, as Flower does.)

/** workspace: f64[n] scores, u32[n][n] order, u8[n] alive. Bulyan uses the same. */
export function krumWorkspace(n: f64): f64 {
  return 4 * n * n + 9 * n + 16;
}

/** shares f64[n]: 1/select for the selected rows, else 0. Needs 1 ≤ select ≤ n. */
export function krum(distances: usize, n: u32, byzantine: u32, select: u32, shares: usize, workspace: usize): void {
  const scores = workspace;
  const order = scores + ((<usize>n) << 3);
  const alive = order + ((<usize>n * n) << 2);
  fillOrder(distances, n, order);
  memory.fill(alive, 1, n);
  memory.fill(shares, 0, (<usize>n) << 3);
  const count: u32 = n > byzantine + 3 ? n - byzantine - 2 : 1;
  for (let i: u32 = 0; i < n; ++i) {
    store<f64>(scores + ((<usize>i) << 3), nearestSum(distances, order, n, i, count, alive));
  }
  const share = 1.0 / <f64>select;
  for (let k: u32 = 0; k < select; ++k) {
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
    store<u8>(alive + best, 0);
    store<f64>(shares + ((<usize>best) << 3), share);
  }
}
