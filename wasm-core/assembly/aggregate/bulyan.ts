import { fillOrder, nearestSum } from './neighbours';

// Bulyan over Krum: El Mhamdi et al., "The Hidden Vulnerability of Distributed Learning in Byzantium", ICML 2018.
//   1. θ = n − 2f rows are picked: Krum picks one, it is taken out, Krum runs on the rest (m left: its m − f − 2
//      nearest, at least one), and so on.
//   2. per coordinate, the mean of the β = θ − 2f = n − 4f picked values closest to the median of the picked
//      (nearest-mean-f64).
// Tolerates f hostile updates of n ≥ 4f + 3. Ties: the lower index in 1., the lower value in 2.

/** Step 1. selected: u32[n − 2f], ascending. workspace: krumWorkspace(n). */
export function bulyanSelect(distances: usize, n: u32, byzantine: u32, selected: usize, workspace: usize): void {
  const order = workspace;
  const alive = order + ((<usize>n * n) << 2);
  const theta = n - 2 * byzantine;
  fillOrder(distances, n, order);
  memory.fill(alive, 1, n);
  for (let m = n; m > n - theta; --m) {
    const count: u32 = m > byzantine + 3 ? m - byzantine - 2 : 1;
    let best: u32 = n;
    let bestScore: f64 = Infinity;
    for (let i: u32 = 0; i < n; ++i) {
      if (!load<u8>(alive + i)) continue;
      const score = nearestSum(distances, order, n, i, count, alive);
      if (best == n || score < bestScore) {
        best = i;
        bestScore = score;
      }
    }
    store<u8>(alive + best, 0);
  }
  let k: usize = 0;
  for (let i: u32 = 0; i < n; ++i) {
    if (load<u8>(alive + i)) continue;
    store<u32>(selected + (k << 2), i);
    ++k;
  }
}
