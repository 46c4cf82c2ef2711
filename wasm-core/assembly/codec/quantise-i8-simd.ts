import { kept, kept4 } from '../vector/faint';
import { LARGEST_SCALE, LEAST_SCALE, SMALLEST_SCALE } from './scale';

// Symmetric int8 quantisation, one scale a channel (row of a weight matrix): Krishnamoorthi, "Quantizing deep
// convolutional networks for efficient inference", 2018, section 2.3.
//   scale = max |x| / 127, within [2^-126, the largest s for which 127 s is finite];  q = x / scale, to nearest, ties to even
//   x̂ = q · scale, one rounding, without what is below the floor;  |x − x̂| ≤ scale / 2 (1 + 2^-22) beside it
// values: finite f32[channels][length]; quanta: i8[channels][length], −127 … 127; scales: f32[channels].

export function quantiseSimd(values: usize, channels: u32, length: u32, scales: usize, out: usize): void {
  const zero = f32x4.splat(0);
  for (let c: u32 = 0; c < channels; ++c) {
    let most = zero;
    let i: u32 = 0;
    for (; i + 4 <= length; i += 4) most = f32x4.pmax(most, f32x4.abs(v128.load(values + ((<usize>i) << 2))));
    let magnitude = max(
      max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
      max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
    );
    for (; i < length; ++i) magnitude = max(magnitude, abs(load<f32>(values + ((<usize>i) << 2))));
    const scale = min(max(magnitude / 127, SMALLEST_SCALE), LARGEST_SCALE);
    store<f32>(scales + ((<usize>c) << 2), scale);
    const divisor = f32x4.splat(scale);
    for (i = 0; i + 8 <= length; i += 8) {
      const at = values + ((<usize>i) << 2);
      const low = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.div(v128.load(at), divisor)));
      const high = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.div(v128.load(at, 16), divisor)));
      const words = i16x8.narrow_i32x4_s(low, high);
      v128.store64_lane(out + i, i8x16.narrow_i16x8_s(words, words), 0);
    }
    for (; i < length; ++i) store<i8>(out + i, <i8>nearest(load<f32>(values + ((<usize>i) << 2)) / scale));
    values += (<usize>length) << 2;
    out += length;
  }
}

export function dequantiseSimd(quanta: usize, channels: u32, length: u32, scales: usize, out: usize): void {
  for (let c: u32 = 0; c < channels; ++c) {
    const given = load<f32>(scales + ((<usize>c) << 2));
    const scale: f32 = given < LEAST_SCALE ? 0 : given;
    const factor = f32x4.splat(scale);
    let i: u32 = 0;
    for (; i + 8 <= length; i += 8) {
      const words = v128.load8x8_s(quanta + i);
      const at = out + ((<usize>i) << 2);
      const low = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(words)), factor);
      const high = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(words)), factor);
      v128.store(at, kept4(low));
      v128.store(at, kept4(high), 16);
    }
    for (; i < length; ++i) store<f32>(out + ((<usize>i) << 2), kept(<f32>load<i8>(quanta + i) * scale));
    quanta += length;
    out += (<usize>length) << 2;
  }
}
