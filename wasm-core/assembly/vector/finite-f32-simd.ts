import { notFiniteScalar } from './finite-f32-scalar';

const MAGNITUDE: i32 = 0x7fffffff;
const INFINITY_BITS: i32 = 0x7f800000;

/** 1 when any of the n f32 at `values` is NaN or infinite. Magnitude bits compare as integers. */
export function notFiniteSimd(values: usize, n: u32): u32 {
  const mask = i32x4.splat(MAGNITUDE);
  let worst = i32x4.splat(0);
  let i: u32 = 0;
  for (; i + 4 <= n; i += 4) worst = i32x4.max_u(worst, v128.and(v128.load(values + ((<usize>i) << 2)), mask));
  if (v128.any_true(i32x4.ge_u(worst, i32x4.splat(INFINITY_BITS)))) return 1;
  return notFiniteScalar(values + ((<usize>i) << 2), n - i);
}
