/** Scalar twin of integersToF32Simd. */
export function integersToF32Scalar(samples: usize, features: u32, index: usize, count: u32, out: usize): void {
  for (let i: u32 = 0; i < count; ++i) {
    const from = samples + ((<usize>load<u32>(index + ((<usize>i) << 2)) * features) << 2);
    for (let f: u32 = 0; f < features; ++f) {
      store<f32>(out, <f32>load<i32>(from + ((<usize>f) << 2)));
      out += 4;
    }
  }
}
