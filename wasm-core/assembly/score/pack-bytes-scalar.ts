/** f32 nearest to 1/255: samples are multiplied by it, not divided by 255. */
export const SCALE: f32 = 0.003921568859368563;

/** Scalar twin of packSampleColumnsSimd. */
export function packSampleColumnsScalar(samples: usize, features: u32, index: usize, count: u32, out: usize): void {
  for (let p: u32 = 0; p < count; p += 8) {
    const columns = min<u32>(8, count - p);
    if (columns < 8) memory.fill(out, 0, (<usize>features) << 5);
    for (let j: u32 = 0; j < columns; ++j) {
      const from = samples + <usize>load<u32>(index + ((<usize>(p + j)) << 2)) * features;
      const to = out + ((<usize>j) << 2);
      for (let f: u32 = 0; f < features; ++f) store<f32>(to + ((<usize>f) << 5), <f32>load<u8>(from + f) * SCALE);
    }
    out += (<usize>features) << 5;
  }
}

/** Scalar twin of packSampleRowsSimd; starts at feature `first`, a multiple of 8. */
export function packSampleRowsScalar(
  samples: usize,
  features: u32,
  index: usize,
  count: u32,
  out: usize,
  first: u32,
): void {
  for (let p = first; p < features; p += 8) {
    const columns = min<u32>(8, features - p);
    const panel = out + ((<usize>(p >> 3) * count) << 5);
    for (let s: u32 = 0; s < count; ++s) {
      const from = samples + <usize>load<u32>(index + ((<usize>s) << 2)) * features + p;
      const to = panel + ((<usize>s) << 5);
      for (let j: u32 = 0; j < 8; ++j) {
        store<f32>(to + ((<usize>j) << 2), j < columns ? <f32>load<u8>(from + j) * SCALE : <f32>0);
      }
    }
  }
}
