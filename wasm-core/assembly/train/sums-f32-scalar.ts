/** Scalar twin of columnSumsSimd. */
export function columnSumsScalar(values: usize, rows: u32, width: u32, rowBytes: usize, out: usize): void {
  for (let i: u32 = 0; i < width; ++i) {
    let s0: f32 = 0;
    let s1: f32 = 0;
    let s2: f32 = 0;
    let s3: f32 = 0;
    let at = values + ((<usize>i) << 2);
    for (let r: u32 = 0; r < rows; ++r) {
      const x = load<f32>(at);
      const lane = r & 3;
      if (lane == 0) s0 += x;
      else if (lane == 1) s1 += x;
      else if (lane == 2) s2 += x;
      else s3 += x;
      at += rowBytes;
    }
    store<f32>(out + ((<usize>i) << 2), s0 + s2 + (s1 + s3));
  }
}

/** Scalar twin of sumSimd. */
export function sumScalar(values: usize, n: u32): f32 {
  let s0: f32 = 0;
  let s1: f32 = 0;
  let s2: f32 = 0;
  let s3: f32 = 0;
  const whole = values + (((<usize>n) & ~3) << 2);
  const end = values + ((<usize>n) << 2);
  for (; values < whole; values += 16) {
    s0 += load<f32>(values);
    s1 += load<f32>(values, 4);
    s2 += load<f32>(values, 8);
    s3 += load<f32>(values, 12);
  }
  let sum: f32 = s0 + s2 + (s1 + s3);
  for (; values < end; values += 4) sum += load<f32>(values);
  return sum;
}
