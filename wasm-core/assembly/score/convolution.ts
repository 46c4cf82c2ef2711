import { floorSimd } from '../vector/floor-f32-simd';
import { scaleShiftSimd } from './bias-f32-simd';
import { matmulSimd } from './matmul-f32-simd';
import { packRowsSimd } from './pack-f32-simd';
import { dimension, flagsOf, HAS_BIAS, word } from './program';

// A convolution is a product with the patches of the image:
//   out[outputs/groups][pixels] = weight[outputs/groups][channels/groups · kh · kw] · patches[…][pixels]
// for each sample, group and block of output rows; blocks bound the memory and change no bit of the output.
//
// dimensions: channels, height, width, outputs, kh, kw, stride y, x, padding y, x, groups, out height, out width, block
// scratch: patches f32[depth][block pixels] | the same in panels of 8 pixels (and the gradient's panels)

export function patchDepth(record: usize): u32 {
  return (dimension(record, 0) / dimension(record, 10)) * dimension(record, 4) * dimension(record, 5);
}

export function blockPixels(record: usize): u32 {
  return dimension(record, 13) * dimension(record, 12);
}

/** patches f32[depth][pixels]: of output rows first … last, channels of one group; outside the image is 0. */
export function gatherPatches(record: usize, image: usize, first: u32, last: u32, patches: usize): void {
  const height = <i32>dimension(record, 1);
  const width = <i32>dimension(record, 2);
  const channels = dimension(record, 0) / dimension(record, 10);
  const kh = dimension(record, 4);
  const kw = dimension(record, 5);
  const sy = dimension(record, 6);
  const sx = dimension(record, 7);
  const py = dimension(record, 8);
  const px = dimension(record, 9);
  const outWidth = <i32>dimension(record, 12);
  for (let c: u32 = 0; c < channels; ++c) {
    const plane = image + ((<usize>c * height * width) << 2);
    for (let ky: u32 = 0; ky < kh; ++ky) {
      for (let kx: u32 = 0; kx < kw; ++kx) {
        for (let oy = first; oy < last; ++oy) {
          const y = <i32>(oy * sy + ky) - <i32>py;
          if (y < 0 || y >= height) {
            memory.fill(patches, 0, (<usize>outWidth) << 2);
            patches += (<usize>outWidth) << 2;
            continue;
          }
          const row = plane + ((<usize>y * width) << 2);
          const offset = <i32>kx - <i32>px;
          if (sx == 1) {
            // Columns whose source x lies in the image: from low to high.
            const low = min<i32>(max<i32>(0, -offset), outWidth);
            const high = max<i32>(min<i32>(outWidth, width - offset), low);
            let x: i32 = 0;
            for (; x < low; ++x) store<f32>(patches + ((<usize>x) << 2), 0);
            const source = row + <usize>(offset << 2);
            for (; x + 4 <= high; x += 4) {
              v128.store(patches + ((<usize>x) << 2), v128.load(source + ((<usize>x) << 2)));
            }
            for (; x < high; ++x) store<f32>(patches + ((<usize>x) << 2), load<f32>(source + ((<usize>x) << 2)));
            for (; x < outWidth; ++x) store<f32>(patches + ((<usize>x) << 2), 0);
          } else {
            for (let ox: i32 = 0; ox < outWidth; ++ox) {
              const x = ox * <i32>sx + offset;
              const value: f32 = x >= 0 && x < width ? load<f32>(row + ((<usize>x) << 2)) : <f32>0;
              store<f32>(patches + ((<usize>ox) << 2), value);
            }
          }
          patches += (<usize>outWidth) << 2;
        }
      }
    }
  }
}

export function convolve(record: usize, from: usize, out: usize, samples: u32, weight: usize, scratch: usize): void {
  const outputs = dimension(record, 3);
  const groups = dimension(record, 10);
  const outHeight = dimension(record, 11);
  const outWidth = dimension(record, 12);
  const block = dimension(record, 13);
  const depth = patchDepth(record);
  const part = outputs / groups;
  const pixels = outHeight * outWidth;
  const inGroup = (<usize>word(record, 4) / groups) << 2;
  const panels = scratch + ((<usize>depth * blockPixels(record)) << 2);
  const bias = weight + ((<usize>outputs * depth) << 2);
  for (let s: u32 = 0; s < samples; ++s) {
    for (let g: u32 = 0; g < groups; ++g) {
      const a = weight + ((<usize>g * part * depth) << 2);
      for (let y: u32 = 0; y < outHeight; y += block) {
        const last = min<u32>(outHeight, y + block);
        const count = (last - y) * outWidth;
        gatherPatches(record, from + <usize>g * inGroup, y, last, scratch);
        packRowsSimd(scratch, (<usize>count) << 2, depth, count, panels);
        const to = out + ((<usize>(g * part) * pixels + <usize>(y * outWidth)) << 2);
        const rowBytes = (<usize>pixels) << 2;
        matmulSimd(a, (<usize>depth) << 2, 4, panels, to, rowBytes, part, depth, count, 0, (<usize>depth) << 5);
      }
    }
    if (flagsOf(record) & HAS_BIAS) {
      for (let o: u32 = 0; o < outputs; ++o) {
        const at = out + ((<usize>o * pixels) << 2);
        scaleShiftSimd(at, at, pixels, 1, load<f32>(bias + ((<usize>o) << 2)));
      }
    } else {
      floorSimd(out, word(record, 5));
    }
    from += (<usize>word(record, 4)) << 2;
    out += (<usize>word(record, 5)) << 2;
  }
}
