import { kept } from '../vector/faint';
import { LARGEST_SCALE, LEAST_SCALE, SMALLEST_SCALE } from './scale';

/** Scalar twin of quantiseSimd. */
export function quantiseScalar(values: usize, channels: u32, length: u32, scales: usize, out: usize): void {
  for (let c: u32 = 0; c < channels; ++c) {
    let magnitude: f32 = 0;
    for (let i: u32 = 0; i < length; ++i) magnitude = max(magnitude, abs(load<f32>(values + ((<usize>i) << 2))));
    const scale = min(max(magnitude / 127, SMALLEST_SCALE), LARGEST_SCALE);
    store<f32>(scales + ((<usize>c) << 2), scale);
    for (let i: u32 = 0; i < length; ++i) {
      store<i8>(out + i, <i8>nearest(load<f32>(values + ((<usize>i) << 2)) / scale));
    }
    values += (<usize>length) << 2;
    out += length;
  }
}

/** Scalar twin of dequantiseSimd. */
export function dequantiseScalar(quanta: usize, channels: u32, length: u32, scales: usize, out: usize): void {
  for (let c: u32 = 0; c < channels; ++c) {
    const given = load<f32>(scales + ((<usize>c) << 2));
    const scale: f32 = given < LEAST_SCALE ? 0 : given;
    for (let i: u32 = 0; i < length; ++i) {
      store<f32>(out + ((<usize>i) << 2), kept(<f32>load<i8>(quanta + i) * scale));
    }
    quanta += length;
    out += (<usize>length) << 2;
  }
}
