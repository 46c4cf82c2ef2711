import { blockPixels, gatherPatches, patchDepth } from '../score/convolution';
import { matmulSimd } from '../score/matmul-f32-simd';
import { packColumnsSimd, packRowsSimd } from '../score/pack-f32-simd';
import { dimension, flagsOf, HAS_BIAS, word } from '../score/program';
import { sumSimd } from './sums-f32-simd';

/**
 * With P the patches:  ∂W = Σ δ Pᵀ over samples,  ∂b = Σ δ,  ∂P = Wᵀ δ, added back to the places the patches came from,
 * in the order group, block of output rows, patch element, pixel. out 0: no ∂X.
 * scratch: as for the forward pass, with room for Pᵀ's panels too
 */
export function convolutionBackward(
  record: usize,
  from: usize,
  delta: usize,
  out: usize,
  samples: u32,
  weight: usize,
  gradient: usize,
  scratch: usize,
): void {
  const outputs = dimension(record, 3);
  const groups = dimension(record, 10);
  const outHeight = dimension(record, 11);
  const outWidth = dimension(record, 12);
  const block = dimension(record, 13);
  const depth = patchDepth(record);
  const part = outputs / groups;
  const pixels = outHeight * outWidth;
  const inGroup = (<usize>word(record, 4) / groups) << 2;
  const depthBytes = (<usize>depth) << 2;
  const panels = scratch + depthBytes * blockPixels(record);
  const bias = gradient + depthBytes * outputs;
  memory.fill(gradient, 0, depthBytes * outputs + (flagsOf(record) & HAS_BIAS ? (<usize>outputs) << 2 : <usize>0));
  for (let s: u32 = 0; s < samples; ++s) {
    if (out) memory.fill(out, 0, (<usize>word(record, 4)) << 2);
    for (let g: u32 = 0; g < groups; ++g) {
      const own = <usize>(g * part) * depthBytes;
      for (let y: u32 = 0; y < outHeight; y += block) {
        const last = min<u32>(outHeight, y + block);
        const count = (last - y) * outWidth;
        const countBytes = (<usize>count) << 2;
        const d = delta + ((<usize>(g * part) * pixels + <usize>(y * outWidth)) << 2);
        const rowBytes = (<usize>pixels) << 2;
        gatherPatches(record, from + <usize>g * inGroup, y, last, scratch);
        packColumnsSimd(scratch, countBytes, count, depth, panels);
        matmulSimd(d, rowBytes, 4, panels, gradient + own, depthBytes, part, count, depth, 1, (<usize>count) << 5);
        if (out) {
          packRowsSimd(d, rowBytes, part, count, panels);
          matmulSimd(
            weight + own,
            4,
            depthBytes,
            panels,
            scratch,
            countBytes,
            depth,
            part,
            count,
            0,
            (<usize>part) << 5,
          );
          scatterPatches(record, scratch, y, last, out + <usize>g * inGroup);
        }
      }
    }
    if (flagsOf(record) & HAS_BIAS) {
      for (let o: u32 = 0; o < outputs; ++o) {
        const at = bias + ((<usize>o) << 2);
        store<f32>(at, load<f32>(at) + sumSimd(delta + ((<usize>o * pixels) << 2), pixels));
      }
    }
    from += (<usize>word(record, 4)) << 2;
    delta += (<usize>word(record, 5)) << 2;
    if (out) out += (<usize>word(record, 4)) << 2;
  }
}

/** The reverse of gatherPatches: image += patches. */
function scatterPatches(record: usize, patches: usize, first: u32, last: u32, image: usize): void {
  const height = <i32>dimension(record, 1);
  const width = <i32>dimension(record, 2);
  const channels = dimension(record, 0) / dimension(record, 10);
  const sx = <i32>dimension(record, 7);
  const outWidth = <i32>dimension(record, 12);
  for (let c: u32 = 0; c < channels; ++c) {
    const plane = image + ((<usize>c * height * width) << 2);
    for (let ky: u32 = 0; ky < dimension(record, 4); ++ky) {
      for (let kx: u32 = 0; kx < dimension(record, 5); ++kx) {
        const offset = <i32>kx - <i32>dimension(record, 9);
        for (let oy = first; oy < last; ++oy) {
          const y = <i32>(oy * dimension(record, 6) + ky) - <i32>dimension(record, 8);
          if (y >= 0 && y < height) {
            const row = plane + ((<usize>y * width) << 2);
            for (let ox: i32 = 0; ox < outWidth; ++ox) {
              const x = ox * sx + offset;
              if (x < 0 || x >= width) continue;
              const at = row + ((<usize>x) << 2);
              store<f32>(at, load<f32>(at) + load<f32>(patches + ((<usize>ox) << 2)));
            }
          }
          patches += (<usize>outWidth) << 2;
        }
      }
    }
  }
}
