import { matmulSimd } from '../score/matmul-f32-simd';
import { packRowsSimd } from '../score/pack-f32-simd';
import { columnSumsSimd } from './sums-f32-simd';

/**
 * Y = X Wᵀ + b  ⇒  ∂W = δᵀ X,  ∂b = Σ δ over the rows,  ∂X = δ W.  out 0: no ∂X.
 * onto: ∂W adds to what stands there.
 * scratch: X in panels of 8 inputs f32[⌈inputs/8⌉][rows][8], or W's f32[⌈inputs/8⌉][outputs][8]
 */
export function denseBackward(
  from: usize,
  delta: usize,
  out: usize,
  rows: u32,
  inputs: u32,
  outputs: u32,
  weight: usize,
  gradient: usize,
  biased: u32,
  onto: u32,
  scratch: usize,
): void {
  const inBytes = (<usize>inputs) << 2;
  const outBytes = (<usize>outputs) << 2;
  packRowsSimd(from, inBytes, rows, inputs, scratch);
  matmulSimd(delta, 4, outBytes, scratch, gradient, inBytes, outputs, rows, inputs, onto, (<usize>rows) << 5);
  if (biased) columnSumsSimd(delta, rows, outputs, outBytes, gradient + <usize>outputs * inBytes);
  if (!out) return;
  packRowsSimd(weight, inBytes, outputs, inputs, scratch);
  matmulSimd(delta, outBytes, 4, scratch, out, inBytes, rows, outputs, inputs, 0, (<usize>outputs) << 5);
}
