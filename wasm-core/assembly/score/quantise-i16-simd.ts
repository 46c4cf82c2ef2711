import { magnitudeBits } from '../vector/faint';
import { quantiseI16Scalar, scaleOf } from './quantise-i16-scalar';

// Symmetric quantisation of a row, or of a group of one, to integers of −levels … levels, held as i16:
//   scale = max |x| / levels in f32, at most `most`; 1 where all are 0, NaN where one is not finite
//   q = x / scale in f32, to nearest, ties to even; 0 where the scale is NaN
// Values are 0 or at least 2^-51 (vector/faint.ts), so a scale is at least 2^-58. The quotient is at most levels · (1 + 2^-22),
// which is levels when rounded.

export function rowScaleSimd(values: usize, n: u32, levels: f32, most: f32): f32 {
  const mask = magnitudeBits();
  let largest = i32x4.splat(0);
  let i: u32 = 0;
  for (; i + 4 <= n; i += 4) largest = i32x4.max_u(largest, v128.and(v128.load(values + ((<usize>i) << 2)), mask));
  let bits = max(
    max(<u32>i32x4.extract_lane(largest, 0), <u32>i32x4.extract_lane(largest, 1)),
    max(<u32>i32x4.extract_lane(largest, 2), <u32>i32x4.extract_lane(largest, 3)),
  );
  for (; i < n; ++i) bits = max(bits, load<u32>(values + ((<usize>i) << 2)) & 0x7fffffff);
  return scaleOf(bits, levels, most);
}

export function quantiseI16Simd(values: usize, n: u32, scale: f32, out: usize): void {
  const divisor = f32x4.splat(scale);
  let i: u32 = 0;
  for (; i + 8 <= n; i += 8) {
    const at = values + ((<usize>i) << 2);
    const low = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.div(v128.load(at), divisor)));
    const high = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.div(v128.load(at, 16), divisor)));
    v128.store(out + ((<usize>i) << 1), i16x8.narrow_i32x4_s(low, high));
  }
  quantiseI16Scalar(values + ((<usize>i) << 2), n - i, scale, out + ((<usize>i) << 1));
}
