/** Scalar twin of magnitudeSimd. */
export function magnitudeScalar(values: usize, n: u32): u32 {
  let most: u32 = 0;
  for (let i: u32 = 0; i < n; ++i) most = max(most, load<u32>(values + ((<usize>i) << 2)) & 0x7fffffff);
  return most;
}

/** n f32 at `values` *= factor, a power of two. */
export function scaleBy(values: usize, n: u32, factor: f32): void {
  for (let i: u32 = 0; i < n; ++i) {
    const at = values + ((<usize>i) << 2);
    store<f32>(at, load<f32>(at) * factor);
  }
}
