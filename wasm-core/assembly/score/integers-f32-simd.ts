/**
 * Samples are i32[·][features]; out f32[count][features] = the f32 nearest to each, ties to even (f32.convert_i32_s): exact
 * up to 2^24. index u32[count] picks and orders them.
 */
export function integersToF32Simd(samples: usize, features: u32, index: usize, count: u32, out: usize): void {
  const whole = features & ~3;
  for (let i: u32 = 0; i < count; ++i) {
    const from = samples + ((<usize>load<u32>(index + ((<usize>i) << 2)) * features) << 2);
    let f: u32 = 0;
    for (; f < whole; f += 4) {
      v128.store(out, f32x4.convert_i32x4_s(v128.load(from + ((<usize>f) << 2))));
      out += 16;
    }
    for (; f < features; ++f) {
      store<f32>(out, <f32>load<i32>(from + ((<usize>f) << 2)));
      out += 4;
    }
  }
}
