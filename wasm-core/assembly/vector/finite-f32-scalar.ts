/** Scalar twin of notFiniteSimd. */
export function notFiniteScalar(values: usize, n: u32): u32 {
  for (let i: u32 = 0; i < n; ++i) {
    if ((load<u32>(values + ((<usize>i) << 2)) & 0x7fffffff) >= 0x7f800000) return 1;
  }
  return 0;
}
