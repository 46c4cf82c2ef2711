/** Scalar twin of packRowsSimd. */
export function packRowsScalar(source: usize, rowBytes: usize, k: u32, n: u32, out: usize): void {
  for (let p: u32 = 0; p < n; p += 8) {
    for (let l: u32 = 0; l < k; ++l) {
      const from = source + <usize>l * rowBytes + ((<usize>p) << 2);
      for (let j: u32 = 0; j < 8; ++j) {
        store<f32>(out, p + j < n ? load<f32>(from + ((<usize>j) << 2)) : <f32>0);
        out += 4;
      }
    }
  }
}

/** Scalar twin of packColumnsSimd. */
export function packColumnsScalar(source: usize, rowBytes: usize, k: u32, n: u32, out: usize): void {
  for (let p: u32 = 0; p < n; p += 8) {
    const columns = min<u32>(8, n - p);
    if (columns < 8) memory.fill(out, 0, (<usize>k) << 5);
    for (let j: u32 = 0; j < columns; ++j) {
      const from = source + <usize>(p + j) * rowBytes;
      const to = out + ((<usize>j) << 2);
      for (let l: u32 = 0; l < k; ++l) store<f32>(to + ((<usize>l) << 5), load<f32>(from + ((<usize>l) << 2)));
    }
    out += (<usize>k) << 5;
  }
}
