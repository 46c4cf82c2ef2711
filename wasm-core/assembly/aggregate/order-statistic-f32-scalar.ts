/**
 * Scalar twin of orderStatisticSimd: sorts each column by insertion (workspace: f32[n]) and sums the same order
 * statistics in the same ascending order. An independent sort, so that it also checks the network.
 */
export function orderStatisticScalar(
  rows: usize,
  n: u32,
  d: u32,
  low: u32,
  high: u32,
  out: usize,
  workspace: usize,
): void {
  for (let c: u32 = 0; c < d; ++c) {
    const offset = (<usize>c) << 2;
    for (let i: u32 = 0; i < n; ++i) {
      const value = load<f32>(<usize>load<u32>(rows + ((<usize>i) << 2)) + offset);
      let at = workspace + ((<usize>i) << 2);
      while (at > workspace && load<f32>(at - 4) > value) {
        store<f32>(at, load<f32>(at - 4));
        at -= 4;
      }
      store<f32>(at, value);
    }
    let sum: f64 = 0;
    for (let i = low; i < high; ++i) sum += <f64>load<f32>(workspace + ((<usize>i) << 2));
    store<f32>(out + offset, <f32>(sum / <f64>(high - low)) + <f32>0);
  }
}
