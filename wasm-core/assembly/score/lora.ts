import { kept } from '../vector/faint';
import { matmulSimd } from './matmul-f32-simd';
import { packRowsSimd } from './pack-f32-simd';
import { floorSimd } from '../vector/floor-f32-simd';
import { addSimd } from '../vector/elementwise-f32-simd';
import { scaleShiftSimd } from './bias-f32-simd';

/**
 * Low-rank adaptation: Hu et al., "LoRA", 2021:  weight ← weight + scale · (B A), scale = α / r as f32.
 * weight f32[outputs][inputs], A f32[rank][inputs], B f32[outputs][rank].
 * scratch: A in panels of 8 inputs | B A
 */
export function applyLora(
  weight: usize,
  a: usize,
  b: usize,
  outputs: u32,
  inputs: u32,
  rank: u32,
  scale: f32,
  scratch: usize,
): void {
  const inBytes = (<usize>inputs) << 2;
  const product = scratch + ((<usize>rank * ((inputs + 7) & ~7)) << 2);
  packRowsSimd(a, inBytes, rank, inputs, scratch);
  matmulSimd(b, (<usize>rank) << 2, 4, scratch, product, inBytes, outputs, rank, inputs, 0, (<usize>rank) << 5);
  floorSimd(product, outputs * inputs);
  scaleShiftSimd(product, product, outputs * inputs, kept(scale), 0);
  addSimd(weight, product, weight, outputs * inputs);
}
