import { fillNeighbours, nearestSum, neighboursBytes } from './neighbours';

// Bulyan over Krum: El Mhamdi et al., "The Hidden Vulnerability of Distributed Learning in Byzantium", ICML 2018.
//   1. θ = n − 2f rows are picked: Krum picks one, it is taken out, Krum runs on the rest (m left: its m − f − 2
//      nearest, at least one), and so on.
//   2. per coordinate, the mean of the β = θ − 2f = n − 4f picked values closest to the median of the picked.
// Ties: the lower index in 1., the lower value in 2. Values are summed ascending in f64. Needs n ≥ 4f + 3.

/** workspace: neighbours, f32[n] column, u8[n] alive. */
export function bulyanWorkspace(n: f64): f64 {
  return neighboursBytes(n) + 5 * n + 64;
}

/** selected: u32[n − 2f], ascending. */
export function bulyan(
  rows: usize,
  n: u32,
  d: u32,
  byzantine: u32,
  out: usize,
  selected: usize,
  workspace: usize,
): void {
  const column = workspace + <usize>n * n * 12;
  const alive = column + ((<usize>n) << 2);
  const theta = n - 2 * byzantine;
  const beta = theta - 2 * byzantine;
  fillNeighbours(rows, n, d, workspace);
  memory.fill(alive, 1, n);
  for (let m = n; m > n - theta; --m) {
    const count: u32 = m > byzantine + 3 ? m - byzantine - 2 : 1;
    let best: u32 = n;
    let bestScore: f64 = Infinity;
    for (let i: u32 = 0; i < n; ++i) {
      if (!load<u8>(alive + i)) continue;
      const score = nearestSum(workspace, n, i, count, alive);
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
  for (let c: u32 = 0; c < d; ++c) {
    const offset = (<usize>c) << 2;
    for (let i: u32 = 0; i < theta; ++i) {
      const row = load<u32>(selected + ((<usize>i) << 2));
      const value = load<f32>(<usize>load<u32>(rows + ((<usize>row) << 2)) + offset);
      let at = column + ((<usize>i) << 2);
      while (at > column && load<f32>(at - 4) > value) {
        store<f32>(at, load<f32>(at - 4));
        at -= 4;
      }
      store<f32>(at, value);
    }
    store<f32>(out + offset, <f32>meanAroundMedian(column, theta, beta) + <f32>0);
  }
}

/** Mean of the `keep` values of ascending f32[n] closest to their median: they are neighbours, so drop from the ends. */
function meanAroundMedian(column: usize, n: u32, keep: u32): f64 {
  const upper = <f64>load<f32>(column + ((<usize>(n >> 1)) << 2));
  const median = (<f64>load<f32>(column + ((<usize>((n - 1) >> 1)) << 2)) + upper) / 2;
  let low: u32 = 0;
  let high = n;
  while (high - low > keep) {
    const below = median - <f64>load<f32>(column + ((<usize>low) << 2));
    const above = <f64>load<f32>(column + ((<usize>(high - 1)) << 2)) - median;
    if (above >= below) --high;
    else ++low;
  }
  let sum: f64 = 0;
  for (let i = low; i < high; ++i) sum += <f64>load<f32>(column + ((<usize>i) << 2));
  return sum / <f64>keep;
}
