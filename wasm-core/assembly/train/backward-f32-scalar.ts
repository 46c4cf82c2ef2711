/** Scalar twin of reluBackwardSimd. */
export function reluBackwardScalar(delta: usize, activation: usize, n: u32): void {
  for (let i: u32 = 0; i < n; ++i) {
    const o = (<usize>i) << 2;
    if (!(load<f32>(activation + o) > 0)) store<f32>(delta + o, 0);
  }
}

/** Scalar twin of rowSumsSimd. */
export function rowSumsScalar(values: usize, rows: u32, ld: u32, out: usize): void {
  for (let r: u32 = 0; r < rows; ++r) {
    let s0: f32 = 0;
    let s1: f32 = 0;
    let s2: f32 = 0;
    let s3: f32 = 0;
    for (let c: u32 = 0; c < ld; c += 4) {
      s0 += load<f32>(values);
      s1 += load<f32>(values, 4);
      s2 += load<f32>(values, 8);
      s3 += load<f32>(values, 12);
      values += 16;
    }
    store<f32>(out + ((<usize>r) << 2), s0 + s2 + (s1 + s3));
  }
}
