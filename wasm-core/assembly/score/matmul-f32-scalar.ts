/** Scalar twin of matmulSimd: the same packed B, the same ascending sum for each element. */
export function matmulScalar(
  a: usize,
  rowStride: usize,
  colStride: usize,
  b: usize,
  c: usize,
  rowBytes: usize,
  m: u32,
  k: u32,
  n: u32,
  onto: u32,
  panelBytes: usize,
): void {
  if (!panelBytes) panelBytes = (<usize>k) << 5;
  for (let i: u32 = 0; i < m; ++i) {
    for (let j: u32 = 0; j < n; ++j) {
      let at = b + <usize>(j >> 3) * panelBytes + ((<usize>(j & 7)) << 2);
      let from = a + <usize>i * rowStride;
      const to = c + <usize>i * rowBytes + ((<usize>j) << 2);
      let sum: f32 = onto ? load<f32>(to) : <f32>0;
      for (let l: u32 = 0; l < k; ++l) {
        sum += load<f32>(from) * load<f32>(at);
        from += colStride;
        at += 32;
      }
      store<f32>(to, sum);
    }
  }
}
