import { addSimd } from '../vector/elementwise-f32-simd';
import { kept } from '../vector/faint';
import { floorSimd } from '../vector/floor-f32-simd';
import { scaleShiftSimd } from './bias-f32-simd';
import { matmulSimd } from './matmul-f32-simd';

/** Rows at a time; each is computed by itself. */
const ROWS: u32 = 16;

/**
 * Low-rank adaptation beside a product (Hu et al., "LoRA", 2021):  out += scale · (B (A x))  in f32, sums ascending, each of the
 * three without what is below the floor. x f32[rows][inputs], out f32[rows][outputs].
 * adapters: A in panels f32[⌈rank/8⌉][inputs][8] | B in panels f32[⌈outputs/8⌉][rank][8].  scratch: A x | B (A x), of ROWS rows
 */
export function addAdapter(
  x: usize,
  out: usize,
  rows: u32,
  inputs: u32,
  outputs: u32,
  rank: u32,
  scale: f32,
  adapters: usize,
  scratch: usize,
): void {
  const inBytes = (<usize>inputs) << 2;
  const outBytes = (<usize>outputs) << 2;
  const rankBytes = (<usize>rank) << 2;
  const b = adapters + <usize>((rank + 7) & ~7) * inBytes;
  const product = scratch + rankBytes * ROWS;
  for (let first: u32 = 0; first < rows; first += ROWS) {
    const m = min<u32>(ROWS, rows - first);
    matmulSimd(x, inBytes, 4, adapters, scratch, rankBytes, m, inputs, rank, 0, 0);
    floorSimd(scratch, m * rank);
    matmulSimd(scratch, rankBytes, 4, b, product, outBytes, m, rank, outputs, 0, 0);
    floorSimd(product, m * outputs);
    scaleShiftSimd(product, product, m * outputs, kept(scale), 0);
    addSimd(out, product, out, m * outputs);
    x += <usize>m * inBytes;
    out += <usize>m * outBytes;
  }
}
