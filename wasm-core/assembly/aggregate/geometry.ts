import { cell } from './gram-f32-simd';

// What rules may know about the updates without looking at their columns: inner products G and squared distances D,
// both f64[n][n], from one Gram matrix. Pre-aggregators are linear, y_a = Σ_j W[a][j] · x_j, so that G and D of what
// they make follow from G and D, and the updates themselves are read only twice, whatever the rules.

/** A pair this close against its norms is measured directly: there D has lost more than four of its 18 bits or so. */
const CLOSE: f64 = 1.0 / 16.0;

/** gram[i][j] (i ≤ j) *= scale[i] · scale[j]: undoes power-of-two scales of the rows, exactly. */
export function rescaleGram(gram: usize, scales: usize, n: u32): void {
  for (let i: u32 = 0; i < n; ++i) {
    const s = load<f64>(scales + ((<usize>i) << 3));
    for (let j = i; j < n; ++j) {
      const at = cell(gram, n, i, j);
      store<f64>(at, load<f64>(at) * s * load<f64>(scales + ((<usize>j) << 3)));
    }
  }
}

/**
 * D[i][j] = G[i][i] + G[j][j] − 2 G[i][j]; mirrors G, of which the part i ≤ j was filled. Writes the pairs (u32 i, u32 j,
 * i < j) that must be measured directly and returns how many.
 */
export function distancesFromGram(gram: usize, n: u32, distances: usize, pairs: usize): u32 {
  let count: u32 = 0;
  for (let i: u32 = 0; i < n; ++i) {
    store<f64>(cell(distances, n, i, i), 0);
    const a = load<f64>(cell(gram, n, i, i));
    for (let j = i + 1; j < n; ++j) {
      const product = load<f64>(cell(gram, n, i, j));
      store<f64>(cell(gram, n, j, i), product);
      const norms = a + load<f64>(cell(gram, n, j, j));
      const distance = norms - 2.0 * product;
      setDistance(distances, n, i, j, distance);
      // Without norms both rows are 0: no product of what is in rows is (vector/faint.ts).
      if (norms == 0 || distance >= norms * CLOSE) continue;
      store<u32>(pairs + ((<usize>count) << 3), i);
      store<u32>(pairs + ((<usize>count) << 3), j, 4);
      ++count;
    }
  }
  return count;
}

/** Puts the directly measured squared distances of the pairs in. */
export function correctDistances(distances: usize, n: u32, pairs: usize, count: u32, sums: usize): void {
  for (let k: u32 = 0; k < count; ++k) {
    const at = pairs + ((<usize>k) << 3);
    setDistance(distances, n, load<u32>(at), load<u32>(at, 4), load<f64>(sums + ((<usize>k) << 3)));
  }
}

/** workspace bytes of mixGeometry. */
export function mixWorkspace(made: f64, n: f64): f64 {
  return 16 * made * n;
}

/**
 * G and D of the `made` mixtures of W f64[made][n], each row of which sums to 1:
 *   G' = W G Wᵀ;   D'[a][b] = −½ vᵀ D v with v = W[a] − W[b], which sums to 0.
 */
export function mixGeometry(
  weights: usize,
  made: u32,
  gram: usize,
  distances: usize,
  n: u32,
  gramOut: usize,
  distancesOut: usize,
  workspace: usize,
): void {
  const wg = workspace;
  const wd = wg + ((<usize>made * n) << 3);
  product(weights, gram, made, n, n, wg);
  product(weights, distances, made, n, n, wd);
  for (let a: u32 = 0; a < made; ++a) {
    const wa = weights + ((<usize>a * n) << 3);
    for (let b = a; b < made; ++b) {
      const wb = weights + ((<usize>b * n) << 3);
      let inner: f64 = 0;
      let apart: f64 = 0;
      for (let j: u32 = 0; j < n; ++j) {
        const at = (<usize>j) << 3;
        inner += load<f64>(cell(wg, n, a, j)) * load<f64>(wb + at);
        const v = load<f64>(wa + at) - load<f64>(wb + at);
        apart += v * (load<f64>(cell(wd, n, a, j)) - load<f64>(cell(wd, n, b, j)));
      }
      store<f64>(cell(gramOut, made, a, b), inner);
      store<f64>(cell(gramOut, made, b, a), inner);
      setDistance(distancesOut, made, a, b, -0.5 * apart);
    }
  }
}

/**
 * In place: row i becomes c_i · x_i, factors f64[n]. With c_i and c_j within 4 of each other,
 *   D' = c_i c_j D + (c_i − c_j)(c_i G_ii − c_j G_jj), which keeps a small distance; else D' from G'.
 */
export function scaleGeometry(gram: usize, distances: usize, n: u32, factors: usize): void {
  for (let i: u32 = 0; i < n; ++i) {
    const a = load<f64>(factors + ((<usize>i) << 3));
    const aa = load<f64>(cell(gram, n, i, i));
    for (let j = i + 1; j < n; ++j) {
      const b = load<f64>(factors + ((<usize>j) << 3));
      const bb = load<f64>(cell(gram, n, j, j));
      const ab = load<f64>(cell(gram, n, i, j));
      const near = a <= 4 * b && b <= 4 * a;
      const distance = near
        ? a * b * load<f64>(cell(distances, n, i, j)) + (a - b) * (a * aa - b * bb)
        : a * a * aa + b * b * bb - 2.0 * (a * b * ab);
      setDistance(distances, n, i, j, distance);
    }
  }
  for (let i: u32 = 0; i < n; ++i) {
    const a = load<f64>(factors + ((<usize>i) << 3));
    for (let j: u32 = 0; j < n; ++j) {
      const at = cell(gram, n, i, j);
      // a · b is the same both ways, so G stays symmetric to the bit.
      store<f64>(at, a * load<f64>(factors + ((<usize>j) << 3)) * load<f64>(at));
    }
  }
}

/** out f64[m][n] = a f64[m][k] · b f64[k][n], k ascending. */
export function product(a: usize, b: usize, m: u32, k: u32, n: u32, out: usize): void {
  for (let i: u32 = 0; i < m; ++i) {
    const to = out + ((<usize>i * n) << 3);
    memory.fill(to, 0, (<usize>n) << 3);
    for (let l: u32 = 0; l < k; ++l) {
      const x = load<f64>(cell(a, k, i, l));
      if (x == 0) continue;
      const from = b + ((<usize>l * n) << 3);
      for (let j: usize = 0; j < (<usize>n) << 3; j += 8)
        store<f64>(to + j, load<f64>(to + j) + x * load<f64>(from + j));
    }
  }
}

function setDistance(distances: usize, n: u32, i: u32, j: u32, distance: f64): void {
  const kept = distance > 0 ? distance : 0;
  store<f64>(cell(distances, n, i, j), kept);
  store<f64>(cell(distances, n, j, i), kept);
}
