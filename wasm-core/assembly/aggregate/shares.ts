/** In place: weights f64[n] (host has checked: finite, ≥ 0, Σ > 0) become shares w_i / Σ w, summed in index order. */
export function normaliseShares(weights: usize, n: u32): void {
  let total: f64 = 0;
  for (let i: u32 = 0; i < n; ++i) total += load<f64>(weights + ((<usize>i) << 3));
  for (let i: u32 = 0; i < n; ++i) {
    const at = weights + ((<usize>i) << 3);
    store<f64>(at, load<f64>(at) / total);
  }
}

/** shares f64[n] = 1/n. */
export function equalShares(shares: usize, n: u32): void {
  const share: f64 = 1.0 / <f64>n;
  for (let i: u32 = 0; i < n; ++i) store<f64>(shares + ((<usize>i) << 3), share);
}
