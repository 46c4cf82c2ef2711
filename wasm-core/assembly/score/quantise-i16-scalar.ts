/** Scalar twin of rowScaleSimd. */
export function rowScaleScalar(values: usize, n: u32, levels: f32, most: f32): f32 {
  let bits: u32 = 0;
  for (let i: u32 = 0; i < n; ++i) bits = max(bits, load<u32>(values + ((<usize>i) << 2)) & 0x7fffffff);
  return scaleOf(bits, levels, most);
}

/** `bits`: of the largest magnitude. */
export function scaleOf(bits: u32, levels: f32, most: f32): f32 {
  if (bits >= 0x7f800000) return NaN;
  if (!bits) return 1;
  return min(reinterpret<f32>(bits) / levels, most);
}

/** Scalar twin of quantiseI16Simd. */
export function quantiseI16Scalar(values: usize, n: u32, scale: f32, out: usize): void {
  for (let i: u32 = 0; i < n; ++i) {
    const quantum = nearest(load<f32>(values + ((<usize>i) << 2)) / scale);
    store<i16>(out + ((<usize>i) << 1), isNaN(quantum) ? 0 : <i16>quantum);
  }
}
