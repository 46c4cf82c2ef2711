import { multiplySimd } from '../vector/elementwise-f32-simd';
import { activationSimd } from './activation-f32-simd';
import { dimension } from './program';

/**
 * Gated linear units: Shazeer, 2020. out_i = f(a_i) · b_i for rows a | b.
 * dimensions: rows a sample, width of a, code of the activation f.
 */
export function gate(record: usize, from: usize, out: usize, samples: u32): void {
  const width = dimension(record, 1);
  const bytes = (<usize>width) << 2;
  for (let r: u32 = 0; r < samples * dimension(record, 0); ++r) {
    activationSimd(dimension(record, 2), from, out, width);
    multiplySimd(out, from + bytes, out, width);
    from += 2 * bytes;
    out += bytes;
  }
}
