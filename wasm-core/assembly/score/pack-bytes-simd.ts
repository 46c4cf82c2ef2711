import { packSampleColumnsScalar, packSampleRowsScalar, SCALE } from './pack-bytes-scalar';

// Samples are u8[count][features]; a value is f32(byte) · f32(1/255). `index` (u32[count]) picks and orders the samples.

/** B[k = feature][n = sample], panels of 8 samples: f32[⌈count/8⌉][features][8]; missing samples are zero. */
export function packSampleColumnsSimd(samples: usize, features: u32, index: usize, count: u32, out: usize): void {
  const scale = f32x4.splat(SCALE);
  const panelBytes = (<usize>features) << 5;
  let p: u32 = 0;
  for (; p + 8 <= count; p += 8) {
    const at = index + ((<usize>p) << 2);
    let s0 = samples + <usize>load<u32>(at) * features;
    let s1 = samples + <usize>load<u32>(at, 4) * features;
    let s2 = samples + <usize>load<u32>(at, 8) * features;
    let s3 = samples + <usize>load<u32>(at, 12) * features;
    let s4 = samples + <usize>load<u32>(at, 16) * features;
    let s5 = samples + <usize>load<u32>(at, 20) * features;
    let s6 = samples + <usize>load<u32>(at, 24) * features;
    let s7 = samples + <usize>load<u32>(at, 28) * features;
    let f: u32 = 0;
    // 8 × 8 byte transpose: interleave bytes, then pairs, then quadruples.
    for (; f + 8 <= features; f += 8) {
      const b01 = interleave8(v128.load64_zero(s0 + f), v128.load64_zero(s1 + f));
      const b23 = interleave8(v128.load64_zero(s2 + f), v128.load64_zero(s3 + f));
      const b45 = interleave8(v128.load64_zero(s4 + f), v128.load64_zero(s5 + f));
      const b67 = interleave8(v128.load64_zero(s6 + f), v128.load64_zero(s7 + f));
      const w0 = v128.shuffle<i16>(b01, b23, 0, 8, 1, 9, 2, 10, 3, 11);
      const w1 = v128.shuffle<i16>(b01, b23, 4, 12, 5, 13, 6, 14, 7, 15);
      const w2 = v128.shuffle<i16>(b45, b67, 0, 8, 1, 9, 2, 10, 3, 11);
      const w3 = v128.shuffle<i16>(b45, b67, 4, 12, 5, 13, 6, 14, 7, 15);
      const to = out + ((<usize>f) << 5);
      storePair(to, v128.shuffle<i32>(w0, w2, 0, 4, 1, 5), scale);
      storePair(to + 64, v128.shuffle<i32>(w0, w2, 2, 6, 3, 7), scale);
      storePair(to + 128, v128.shuffle<i32>(w1, w3, 0, 4, 1, 5), scale);
      storePair(to + 192, v128.shuffle<i32>(w1, w3, 2, 6, 3, 7), scale);
    }
    for (; f < features; ++f) {
      const to = out + ((<usize>f) << 5);
      store<f32>(to, <f32>load<u8>(s0 + f) * SCALE);
      store<f32>(to, <f32>load<u8>(s1 + f) * SCALE, 4);
      store<f32>(to, <f32>load<u8>(s2 + f) * SCALE, 8);
      store<f32>(to, <f32>load<u8>(s3 + f) * SCALE, 12);
      store<f32>(to, <f32>load<u8>(s4 + f) * SCALE, 16);
      store<f32>(to, <f32>load<u8>(s5 + f) * SCALE, 20);
      store<f32>(to, <f32>load<u8>(s6 + f) * SCALE, 24);
      store<f32>(to, <f32>load<u8>(s7 + f) * SCALE, 28);
    }
    out += panelBytes;
  }
  if (p < count) packSampleColumnsScalar(samples, features, index + ((<usize>p) << 2), count - p, out);
}

/** B[k = sample][n = feature], panels of 8 features: f32[⌈features/8⌉][count][8]; missing features are zero. */
export function packSampleRowsSimd(samples: usize, features: u32, index: usize, count: u32, out: usize): void {
  const scale = f32x4.splat(SCALE);
  const panelBytes = (<usize>count) << 5;
  const whole = features & ~7;
  for (let s: u32 = 0; s < count; ++s) {
    const from = samples + <usize>load<u32>(index + ((<usize>s) << 2)) * features;
    let to = out + ((<usize>s) << 5);
    for (let f: u32 = 0; f < whole; f += 8) {
      const wide = i16x8.extend_low_i8x16_u(v128.load64_zero(from + f));
      v128.store(to, f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(wide)), scale));
      v128.store(to, f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(wide)), scale), 16);
      to += panelBytes;
    }
  }
  if (whole < features) {
    packSampleRowsScalar(samples, features, index, count, out, whole);
  }
}

function interleave8(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

/** 16 bytes (two features of 8 samples) to f32. */
function storePair(to: usize, bytes: v128, scale: v128): void {
  const low = i16x8.extend_low_i8x16_u(bytes);
  const high = i16x8.extend_high_i8x16_u(bytes);
  v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(low)), scale));
  v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(low)), scale), 16);
  v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(high)), scale), 32);
  v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(high)), scale), 48);
}
