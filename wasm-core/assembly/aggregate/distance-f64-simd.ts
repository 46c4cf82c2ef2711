/**
 * ‖a − b‖² of two f32[n] in f64: four partial sums (column mod 4), merged (s0 + s2) + (s1 + s3).
 * f64, as differences of hostile f32 may square beyond f32's range and selection must not depend on lost bits.
 */
export function squaredDistanceSimd(a: usize, b: usize, n: u32): f64 {
  let even = f64x2.splat(0);
  let odd = f64x2.splat(0);
  let i: u32 = 0;
  for (; i + 4 <= n; i += 4) {
    const o = (<usize>i) << 2;
    const x = f64x2.sub(
      f64x2.promote_low_f32x4(v128.load64_zero(a + o)),
      f64x2.promote_low_f32x4(v128.load64_zero(b + o)),
    );
    const y = f64x2.sub(
      f64x2.promote_low_f32x4(v128.load64_zero(a + o, 8)),
      f64x2.promote_low_f32x4(v128.load64_zero(b + o, 8)),
    );
    even = f64x2.add(even, f64x2.mul(x, x));
    odd = f64x2.add(odd, f64x2.mul(y, y));
  }
  const merged = f64x2.add(even, odd);
  let s0 = f64x2.extract_lane(merged, 0);
  let s1 = f64x2.extract_lane(merged, 1);
  let tail: f64 = 0;
  for (; i < n; ++i) {
    const o = (<usize>i) << 2;
    const x = <f64>load<f32>(a + o) - <f64>load<f32>(b + o);
    tail += x * x;
  }
  return s0 + s1 + tail;
}
