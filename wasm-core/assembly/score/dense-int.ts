import { addAdapter } from './adapter';
import { matmulIntSimd } from './matmul-int-simd';
import { paddedInputs, panelBytes } from './packed';
import { dimension } from './program';
import { quantiseI16Simd, rowScaleSimd } from './quantise-i16-simd';

/** Bytes of quantised rows at a time, where four rows are not more: they stay in the second-level cache. */
const BLOCK: u32 = 262_144;

/** Rows that are quantised at a time: a multiple of 4. loader/integer-network.ts computes the same. */
function blockRows(rows: u32, padded: u32): u32 {
  return max<u32>(4, min<u32>((rows + 3) & ~3, (BLOCK / (2 * padded)) & ~3));
}

/**
 * out[rows][outputs] = in[rows][inputs] · weightᵀ + bias in integers (matmul-int-simd.ts): each row is quantised to int8 with a
 * scale of its own. dimensions: rows a sample, inputs, outputs, group, bits, rank and scale of
 * an adapter (adapter.ts; rank 0: none).  weight: packed.ts, behind it the adapter
 * scratch: quanta i16[block][padded inputs] | scales f32[block] | the panel and tile of matmulIntSimd, then
 * what an adapter takes
 */
export function denseInt(record: usize, from: usize, out: usize, samples: u32, weight: usize, scratch: usize): void {
  const rows = samples * dimension(record, 0);
  const inputs = dimension(record, 1);
  const outputs = dimension(record, 2);
  const group = dimension(record, 3);
  const bits = dimension(record, 4);
  const padded = paddedInputs(inputs);
  const block = blockRows(rows, padded);
  const rowBytes = (<usize>padded) << 1;
  const inBytes = (<usize>inputs) << 2;
  const outBytes = (<usize>outputs) << 2;
  const scales = scratch + <usize>block * rowBytes;
  const panel = scales + ((<usize>block) << 2);
  const rank = dimension(record, 5);
  const adapter = weight + <usize>((outputs + 7) >> 3) * panelBytes(inputs, group, bits);
  for (let first: u32 = 0; first < rows; first += block) {
    const m = min<u32>(block, rows - first);
    const x = from;
    for (let i: u32 = 0; i < m; ++i) {
      const to = scratch + <usize>i * rowBytes;
      const scale = rowScaleSimd(from, inputs, 127, f32.MAX_VALUE);
      store<f32>(scales + ((<usize>i) << 2), scale);
      quantiseI16Simd(from, inputs, scale, to);
      for (let l = inputs; l < padded; ++l) store<i16>(to + ((<usize>l) << 1), 0);
      from += inBytes;
    }
    matmulIntSimd(scratch, rowBytes, scales, weight, out, outBytes, m, inputs, outputs, group, bits, panel);
    if (rank) {
      const scale = reinterpret<f32>(dimension(record, 6));
      addAdapter(x, out, m, inputs, outputs, rank, scale, adapter, panel);
    }
    out += <usize>m * outBytes;
  }
}
