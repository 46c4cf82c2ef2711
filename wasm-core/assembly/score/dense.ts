import { floorSimd } from '../vector/floor-f32-simd';
import { addBiasSimd } from './bias-f32-simd';
import { matmulSimd } from './matmul-f32-simd';
import { packColumnsSimd } from './pack-f32-simd';

/**
 * out[rows][outputs] = in[rows][inputs] · weightᵀ + bias. weight f32[outputs][inputs], then bias f32[outputs].
 * scratch: the weights in panels of 8 outputs, f32[⌈outputs/8⌉][inputs][8].
 */
export function dense(
  from: usize,
  out: usize,
  rows: u32,
  inputs: u32,
  outputs: u32,
  weight: usize,
  biased: u32,
  scratch: usize,
): void {
  packColumnsSimd(weight, (<usize>inputs) << 2, inputs, outputs, scratch);
  const rowBytes = (<usize>outputs) << 2;
  matmulSimd(from, (<usize>inputs) << 2, 4, scratch, out, rowBytes, rows, inputs, outputs, 0, (<usize>inputs) << 5);
  if (biased) addBiasSimd(out, weight + <usize>inputs * rowBytes, rows, outputs);
  else floorSimd(out, rows * outputs);
}
