// Shares p_i are f64 and are rounded to f32 once, for f32 products p_i · x_i. A share below 2^-64 (an enormous update
// that a rule clips) would lose bits as an f32 denormal: then both factors are shifted, x · 2^-64 and p · 2^64.

export const FLT_MAX: f32 = 3.4028234663852886e38;
export const SHIFT_DOWN: f32 = 5.421010862427522e-20;
export const SHIFT_UP: f64 = 18446744073709551616.0;

export function isTiny(share: f64): bool {
  return abs(share) < 5.421010862427522e-20 && share != 0;
}

/** In place: weights f64[n] (host has checked: finite, ≥ 0, Σ > 0) become shares w_i / Σ w, summed in index order. */
export function normaliseShares(weights: usize, n: u32): void {
  let total: f64 = 0;
  for (let i: u32 = 0; i < n; ++i) total += load<f64>(weights + ((<usize>i) << 3));
  for (let i: u32 = 0; i < n; ++i) {
    const at = weights + ((<usize>i) << 3);
    store<f64>(at, load<f64>(at) / total);
  }
}
