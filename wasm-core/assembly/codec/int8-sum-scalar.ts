/** Scalar twin of int8SumSimd. */
export function int8SumScalar(rows: usize, weights: usize, n: u32, first: u32, d: u32, out: usize): void {
  for (let c: u32 = 0; c < d; ++c) {
    let sum: i32 = 0;
    for (let i: u32 = 0; i < n; ++i) {
      const weight = <i32>load<i16>(weights + ((<usize>i) << 1));
      sum += weight * <i32>load<i8>(<usize>load<u32>(rows + ((<usize>i) << 2)) + first + c);
    }
    store<i32>(out + ((<usize>c) << 2), sum);
  }
}
