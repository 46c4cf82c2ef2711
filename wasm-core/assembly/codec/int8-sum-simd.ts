import { FAINT, keptF64 } from '../vector/faint';
import { int8SumScalar } from './int8-sum-scalar';

// Exact weighted sum of int8 rows: out[c] = Σ_i w_i · q_i[first + c] in i32, for c in [0, d). No rounding at all, so no
// order of clients matters. The host checks Σ w_i < 2^24, so that a sum, in whatever order, is at least
// −(2^24 − 1) · 128 = −2^31 + 128 and at most (2^24 − 1) · 127. A pair of products in i32x4.dot_i16x8_s is below 2 · 2^15 · 2^7.
// rows: u32[n] pointers to i8[]; weights: i16[n].
//
// Two rows at a time: their bytes are interleaved, widened to i16 and multiplied and added in pairs:
//   a0 b0 a1 b1 …  ·  wa wb wa wb …  →  wa·a0 + wb·b0, wa·a1 + wb·b1, …        (i32x4.dot_i16x8_s)
// A block of 32 columns has its 8 sums in registers over all rows.

export function int8SumSimd(rows: usize, weights: usize, n: u32, first: u32, d: u32, out: usize): void {
  let c: u32 = 0;
  for (; c + 32 <= d; c += 32) {
    let s0 = i32x4.splat(0);
    let s1 = i32x4.splat(0);
    let s2 = i32x4.splat(0);
    let s3 = i32x4.splat(0);
    let s4 = i32x4.splat(0);
    let s5 = i32x4.splat(0);
    let s6 = i32x4.splat(0);
    let s7 = i32x4.splat(0);
    const column = <usize>(first + c);
    let i: u32 = 0;
    for (; i + 2 <= n; i += 2) {
      const pair = rows + ((<usize>i) << 2);
      const a = <usize>load<u32>(pair) + column;
      const b = <usize>load<u32>(pair, 4) + column;
      const w = v128.load32_splat(weights + ((<usize>i) << 1));
      let x = v128.load(a);
      let y = v128.load(b);
      let low = i8x16.shuffle(x, y, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      let high = i8x16.shuffle(x, y, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      s0 = i32x4.add(s0, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(low), w));
      s1 = i32x4.add(s1, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(low), w));
      s2 = i32x4.add(s2, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(high), w));
      s3 = i32x4.add(s3, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(high), w));
      x = v128.load(a, 16);
      y = v128.load(b, 16);
      low = i8x16.shuffle(x, y, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      high = i8x16.shuffle(x, y, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      s4 = i32x4.add(s4, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(low), w));
      s5 = i32x4.add(s5, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(low), w));
      s6 = i32x4.add(s6, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(high), w));
      s7 = i32x4.add(s7, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(high), w));
    }
    if (i < n) {
      const a = <usize>load<u32>(rows + ((<usize>i) << 2)) + column;
      const w = v128.load16_splat(weights + ((<usize>i) << 1));
      let x = i16x8.extend_low_i8x16_s(v128.load(a));
      let y = i16x8.extend_high_i8x16_s(v128.load(a));
      s0 = i32x4.add(s0, i32x4.extmul_low_i16x8_s(x, w));
      s1 = i32x4.add(s1, i32x4.extmul_high_i16x8_s(x, w));
      s2 = i32x4.add(s2, i32x4.extmul_low_i16x8_s(y, w));
      s3 = i32x4.add(s3, i32x4.extmul_high_i16x8_s(y, w));
      x = i16x8.extend_low_i8x16_s(v128.load(a, 16));
      y = i16x8.extend_high_i8x16_s(v128.load(a, 16));
      s4 = i32x4.add(s4, i32x4.extmul_low_i16x8_s(x, w));
      s5 = i32x4.add(s5, i32x4.extmul_high_i16x8_s(x, w));
      s6 = i32x4.add(s6, i32x4.extmul_low_i16x8_s(y, w));
      s7 = i32x4.add(s7, i32x4.extmul_high_i16x8_s(y, w));
    }
    const to = out + ((<usize>c) << 2);
    v128.store(to, s0);
    v128.store(to, s1, 16);
    v128.store(to, s2, 32);
    v128.store(to, s3, 48);
    v128.store(to, s4, 64);
    v128.store(to, s5, 80);
    v128.store(to, s6, 96);
    v128.store(to, s7, 112);
  }
  int8SumScalar(rows, weights, n, first + c, d - c, out + ((<usize>c) << 2));
}

/** f32[n] from i32[n]: value · scale / total in f64, one rounding to f32; without what is below the floor. */
export function int8Mean(sums: usize, n: u32, scale: f64, total: f64, out: usize): void {
  // Sums are below 2^31.
  if (scale < <f64>FAINT / 2147483648.0) scale = 0;
  for (let i: u32 = 0; i < n; ++i) {
    const at = (<usize>i) << 2;
    store<f32>(out + at, <f32>keptF64((<f64>load<i32>(sums + at) * scale) / total));
  }
}
