/** f32 nearest to 1/255: samples are multiplied by it, not divided by 255. */
export const SCALE: f32 = 0.003921568859368563;

/** Scalar twin of bytesToF32Simd. */
export function bytesToF32Scalar(samples: usize, features: u32, index: usize, count: u32, out: usize): void {
  for (let i: u32 = 0; i < count; ++i) {
    const from = samples + <usize>load<u32>(index + ((<usize>i) << 2)) * features;
    for (let f: u32 = 0; f < features; ++f) {
      store<f32>(out, <f32>load<u8>(from + f) * SCALE);
      out += 4;
    }
  }
}
