import { bytesToF32Simd } from './bytes-f32-simd';
import { integersToF32Simd } from './integers-f32-simd';
import { VALUE_I32, VALUE_U8 } from './program';

/** out f32[count][size]: the samples that index u32[count] picks, whose values are of that type. */
export function features(type: u32, samples: usize, size: u32, index: usize, count: u32, out: usize): void {
  if (type == VALUE_U8) {
    bytesToF32Simd(samples, size, index, count, out);
  } else if (type == VALUE_I32) {
    integersToF32Simd(samples, size, index, count, out);
  } else {
    const rowBytes = (<usize>size) << 2;
    for (let i: u32 = 0; i < count; ++i) {
      memory.copy(out, samples + <usize>load<u32>(index + ((<usize>i) << 2)) * rowBytes, rowBytes);
      out += rowBytes;
    }
  }
}
