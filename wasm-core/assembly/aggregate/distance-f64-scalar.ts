/** Scalar twin of squaredDistanceSimd: the same four partial sums, merge order and tail. */
export function squaredDistanceScalar(a: usize, b: usize, n: u32): f64 {
  let s0: f64 = 0;
  let s1: f64 = 0;
  let s2: f64 = 0;
  let s3: f64 = 0;
  let i: u32 = 0;
  for (; i + 4 <= n; i += 4) {
    const o = (<usize>i) << 2;
    const x0 = <f64>load<f32>(a + o) - <f64>load<f32>(b + o);
    const x1 = <f64>load<f32>(a + o, 4) - <f64>load<f32>(b + o, 4);
    const x2 = <f64>load<f32>(a + o, 8) - <f64>load<f32>(b + o, 8);
    const x3 = <f64>load<f32>(a + o, 12) - <f64>load<f32>(b + o, 12);
    s0 += x0 * x0;
    s1 += x1 * x1;
    s2 += x2 * x2;
    s3 += x3 * x3;
  }
  let tail: f64 = 0;
  for (; i < n; ++i) {
    const o = (<usize>i) << 2;
    const x = <f64>load<f32>(a + o) - <f64>load<f32>(b + o);
    tail += x * x;
  }
  return s0 + s2 + (s1 + s3) + tail;
}
