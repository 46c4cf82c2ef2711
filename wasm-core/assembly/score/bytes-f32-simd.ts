import { SCALE } from './bytes-f32-scalar';

/** Samples are u8[·][features]; out f32[count][features] = byte · f32(1/255). index u32[count] picks and orders them. */
export function bytesToF32Simd(samples: usize, features: u32, index: usize, count: u32, out: usize): void {
  const scale = f32x4.splat(SCALE);
  const whole = features & ~7;
  for (let i: u32 = 0; i < count; ++i) {
    const from = samples + <usize>load<u32>(index + ((<usize>i) << 2)) * features;
    let f: u32 = 0;
    for (; f < whole; f += 8) {
      const wide = i16x8.extend_low_i8x16_u(v128.load64_zero(from + f));
      v128.store(out, f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(wide)), scale));
      v128.store(out, f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(wide)), scale), 16);
      out += 32;
    }
    for (; f < features; ++f) {
      store<f32>(out, <f32>load<u8>(from + f) * SCALE);
      out += 4;
    }
  }
}
