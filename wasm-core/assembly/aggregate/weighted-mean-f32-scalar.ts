/** Scalar twin of weightedMeanSimd: the same f64 sum over clients in ascending order, column by column. */
export function weightedMeanScalar(rows: usize, share: usize, n: u32, d: u32, out: usize): void {
  for (let c: u32 = 0; c < d; ++c) {
    const offset = (<usize>c) << 2;
    let sum: f64 = 0;
    for (let i: u32 = 0; i < n; ++i) {
      const x = <usize>load<u32>(rows + ((<usize>i) << 2));
      sum += load<f64>(share + ((<usize>i) << 3)) * <f64>load<f32>(x + offset);
    }
    store<f32>(out + offset, <f32>sum + <f32>0);
  }
}
