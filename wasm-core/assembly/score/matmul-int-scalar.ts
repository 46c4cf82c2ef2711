import { kept } from '../vector/faint';
import { groupsOf, headBytes, panelBytes } from './packed';

/** Quantum of output `lane` at input l of a panel's quanta. */
export function quantumAt(quanta: usize, lane: u32, l: u32, bits: u32): i32 {
  if (bits == 8) return load<i8>(quanta + ((<usize>(l >> 1)) << 4) + ((<usize>lane) << 1) + (l & 1));
  const pair = <i32>load<u8>(quanta + ((<usize>(l >> 1)) << 3) + lane);
  return (l & 1 ? pair >> 4 : pair & 15) - 8;
}

/** Scalar twin of matmulIntSimd. */
export function matmulIntScalar(
  rows: usize,
  rowBytes: usize,
  scales: usize,
  panels: usize,
  out: usize,
  outBytes: usize,
  m: u32,
  k: u32,
  n: u32,
  group: u32,
  bits: u32,
): void {
  const step = panelBytes(k, group, bits);
  for (let i: u32 = 0; i < m; ++i) {
    const scale = load<f32>(scales + ((<usize>i) << 2));
    for (let j: u32 = 0; j < n; ++j) {
      const lane = (<usize>(j & 7)) << 2;
      const panel = panels + <usize>(j >> 3) * step;
      const quanta = panel + headBytes(k, group);
      let sum: f32 = 0;
      for (let g: u32 = 0; g < groupsOf(k, group); ++g) {
        let dot: i32 = 0;
        const end = min<u32>(k, (g + 1) * group);
        for (let l = g * group; l < end; ++l) {
          dot += <i32>load<i16>(rows + ((<usize>l) << 1)) * quantumAt(quanta, j & 7, l, bits);
        }
        sum += <f32>dot * load<f32>(panel + ((<usize>(g + 1)) << 5) + lane);
      }
      store<f32>(out + ((<usize>j) << 2), kept(kept(sum) * scale + load<f32>(panel + lane)));
    }
    rows += rowBytes;
    out += outBytes;
  }
}
