import { magnitudeScalar } from './magnitude-f32-scalar';

/** Bits of the largest |value| of n f32; 0x7f800000 or more when one is infinite or NaN, as magnitudes order as integers. */
export function magnitudeSimd(values: usize, n: u32): u32 {
  const mask = i32x4.splat(0x7fffffff);
  let most = i32x4.splat(0);
  let i: u32 = 0;
  for (; i + 4 <= n; i += 4) most = i32x4.max_u(most, v128.and(v128.load(values + ((<usize>i) << 2)), mask));
  const low = max(<u32>i32x4.extract_lane(most, 0), <u32>i32x4.extract_lane(most, 1));
  const high = max(<u32>i32x4.extract_lane(most, 2), <u32>i32x4.extract_lane(most, 3));
  return max(max(low, high), magnitudeScalar(values + ((<usize>i) << 2), n - i));
}
