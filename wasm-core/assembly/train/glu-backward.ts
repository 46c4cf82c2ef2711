import { activationSimd } from '../score/activation-f32-simd';
import { dimension } from '../score/program';
import { multiplySimd } from '../vector/elementwise-f32-simd';
import { activationBackwardSimd } from './activation-backward-f32-simd';

/** ∂a = (δ · b) f′(a), ∂b = δ · f(a). */
export function gateBackward(record: usize, from: usize, delta: usize, out: usize, samples: u32): void {
  const width = dimension(record, 1);
  const op = dimension(record, 2);
  const bytes = (<usize>width) << 2;
  for (let r: u32 = 0; r < samples * dimension(record, 0); ++r) {
    multiplySimd(delta, from + bytes, out, width);
    activationBackwardSimd(op, out, from, out, width);
    activationSimd(op, from, out + bytes, width);
    multiplySimd(out + bytes, delta, out + bytes, width);
    from += 2 * bytes;
    delta += bytes;
    out += 2 * bytes;
  }
}
