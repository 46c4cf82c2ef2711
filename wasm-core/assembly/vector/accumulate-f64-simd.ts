import { accumulateScalar } from './accumulate-f64-scalar';

/** As accumulateScalar, two columns at a time. */
export function accumulateSimd(into: usize, values: usize, n: u32, weight: f64): void {
  const w = f64x2.splat(weight);
  const even = n & ~1;
  for (let i: u32 = 0; i < even; i += 2) {
    const at = into + ((<usize>i) << 3);
    const x = f64x2.promote_low_f32x4(v128.load64_zero(values + ((<usize>i) << 2)));
    v128.store(at, f64x2.add(v128.load(at), f64x2.mul(x, w)));
  }
  if (even < n) accumulateScalar(into + ((<usize>even) << 3), values + ((<usize>even) << 2), n - even, weight);
}
