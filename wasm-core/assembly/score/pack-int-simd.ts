import { placeQuanta } from './pack-int-scalar';
import { headBytes, levelsOf, mostOf, paddedInputs } from './packed';
import { quantiseI16Simd, rowScaleSimd } from './quantise-i16-simd';

/**
 * One panel of packed.ts from n (1…8) rows f32[n][k] and, unless 0, bias f32[n]. Missing outputs are 0.
 * quanta: scratch i16[k + 3]
 */
export function packPanelSimd(
  rows: usize,
  n: u32,
  bias: usize,
  k: u32,
  group: u32,
  bits: u32,
  out: usize,
  quanta: usize,
): void {
  for (let j: u32 = 0; j < 8; ++j) {
    const lane = (<usize>j) << 2;
    store<f32>(out + lane, bias && j < n ? load<f32>(bias + lane) : <f32>0);
    memory.fill(quanta, 0, (<usize>paddedInputs(k)) << 1);
    for (let l: u32 = 0, g: usize = 1; l < k; l += group, ++g) {
      const values = rows + ((<usize>j * k + l) << 2);
      const count = min<u32>(group, k - l);
      const scale: f32 = j < n ? rowScaleSimd(values, count, levelsOf(bits), mostOf(bits)) : 1;
      store<f32>(out + (g << 5) + lane, scale);
      if (j < n) quantiseI16Simd(values, count, scale, quanta + ((<usize>l) << 1));
    }
    placeQuanta(quanta, k, bits, out + headBytes(k, group), j);
  }
}
