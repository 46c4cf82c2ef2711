import { headBytes, levelsOf, mostOf, paddedInputs } from './packed';
import { quantiseI16Scalar, rowScaleScalar } from './quantise-i16-scalar';

/** Scalar twin of packPanelSimd. */
export function packPanelScalar(
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
      const scale: f32 = j < n ? rowScaleScalar(values, count, levelsOf(bits), mostOf(bits)) : 1;
      store<f32>(out + (g << 5) + lane, scale);
      if (j < n) quantiseI16Scalar(values, count, scale, quanta + ((<usize>l) << 1));
    }
    placeQuanta(quanta, k, bits, out + headBytes(k, group), j);
  }
}

/** i16[k], padded, as output j of a panel. */
export function placeQuanta(quanta: usize, k: u32, bits: u32, panel: usize, j: u32): void {
  const end = quanta + ((<usize>paddedInputs(k)) << 1);
  if (bits == 8) {
    for (let to = panel + ((<usize>j) << 1); quanta < end; quanta += 4, to += 16) {
      store<i8>(to, load<i8>(quanta));
      store<i8>(to, load<i8>(quanta, 2), 1);
    }
  } else {
    for (let to = panel + j; quanta < end; quanta += 4, to += 8) {
      const low = <u32>(load<i16>(quanta) + 8);
      const high = <u32>(load<i16>(quanta, 2) + 8);
      store<u8>(to, low | (high << 4));
    }
  }
}
