import { shuffle } from '../train/random';
import { fillOrder } from './neighbours';

// Pre-aggregators that mix: W f64[made][n], y_a = Σ_j W[a][j] · x_j.
//   NNM: Allouah et al., "Fixing by Mixing: A Recipe for Optimal Byzantine ML under Heterogeneity", AISTATS 2023:
//     y_i = mean of the n − f rows nearest to x_i (x_i included). n rows, of which at most f remain hostile.
//   s-bucketing: Karimireddy et al., "Byzantine-Robust Learning on Heterogeneous Datasets via Bucketing", ICLR 2022:
//     the rows in a random order, averaged s by s (the last bucket may be smaller). ⌈n / s⌉ rows, of which f may be hostile.

/** workspace: u32[n][n]. */
export function nearestNeighbourWeights(
  distances: usize,
  n: u32,
  byzantine: u32,
  weights: usize,
  workspace: usize,
): void {
  const kept = n - byzantine;
  const share = 1.0 / <f64>kept;
  fillOrder(distances, n, workspace);
  memory.fill(weights, 0, (<usize>n * n) << 3);
  for (let i: u32 = 0; i < n; ++i) {
    for (let k: u32 = 0; k < kept; ++k) {
      const j = load<u32>(workspace + ((<usize>i * n + k) << 2));
      store<f64>(weights + ((<usize>i * n + j) << 3), share);
    }
  }
}

/** state: u64, the generator's seed; workspace: u32[n]. */
export function bucketWeights(n: u32, size: u32, state: usize, weights: usize, workspace: usize): void {
  const made = (n + size - 1) / size;
  for (let i: u32 = 0; i < n; ++i) store<u32>(workspace + ((<usize>i) << 2), i);
  shuffle(state, workspace, n);
  memory.fill(weights, 0, (<usize>made * n) << 3);
  for (let i: u32 = 0; i < n; ++i) {
    const bucket = i / size;
    const members = min(size, n - bucket * size);
    const j = load<u32>(workspace + ((<usize>i) << 2));
    store<f64>(weights + ((<usize>bucket * n + j) << 3), 1.0 / <f64>members);
  }
}
