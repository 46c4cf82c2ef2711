/** Scalar twin of packRowsSimd. */
export function packRowsScalar(source: usize, rowBytes: usize, k: u32, n: u32, out: usize): void {
  for (let p: u32 = 0; p < n; p += 8) {
    for (let l: u32 = 0; l < k; ++l) {
      for (let j: u32 = 0; j < 8; ++j) {
        store<f32>(out, load<f32>(source + <usize>l * rowBytes + ((<usize>(p + j)) << 2)));
        out += 4;
      }
    }
  }
}
