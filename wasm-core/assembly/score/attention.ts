import { floorSimd } from '../vector/floor-f32-simd';
import { matmulSimd } from './matmul-f32-simd';
import { packColumnsSimd, packRowsSimd } from './pack-f32-simd';
import { dimension } from './program';
import { softmaxRowSimd } from './softmax-f32-simd';

// Causal attention: Vaswani et al., 2017. For each sample and head, with h = width / heads:
//   out_t = Σ_{u ≤ t} softmax_u(q_t · k_u / √h) v_u
// Input rows are queries | keys | values, f32[tokens][3 · width]; output rows f32[tokens][width].
// Queries go in blocks of 32, whose products stop at the block's last key; probabilities past the diagonal are 0.
//
// dimensions: tokens, width, heads.  scratch: keys in panels | values in panels | probabilities f32[tokens][stride]

export const QUERY_BLOCK: u32 = 32;

/** Row length of the probabilities. */
export function probabilityStride(tokens: u32): u32 {
  return (tokens + 7) & ~7;
}

export function headScale(size: u32): f32 {
  return <f32>(1.0 / sqrt(<f64>size));
}

/** probabilities[t][u] of one head, rows `stride` f32 apart; 0 from t + 1 to the end of the row. */
export function headProbabilities(
  queries: usize,
  keys: usize,
  rowBytes: usize,
  tokens: u32,
  size: u32,
  panels: usize,
  probabilities: usize,
): void {
  const stride = (<usize>probabilityStride(tokens)) << 2;
  const scale = headScale(size);
  packColumnsSimd(keys, rowBytes, size, tokens, panels);
  for (let t: u32 = 0; t < tokens; t += QUERY_BLOCK) {
    const last = min<u32>(tokens, t + QUERY_BLOCK);
    const rows = probabilities + <usize>t * stride;
    const q = queries + <usize>t * rowBytes;
    matmulSimd(q, rowBytes, 4, panels, rows, stride, last - t, size, last, 0, (<usize>size) << 5);
    for (let i = t; i < last; ++i) {
      const row = probabilities + <usize>i * stride;
      softmaxRowSimd(row, row, i + 1, scale);
      const used = (<usize>(i + 1)) << 2;
      memory.fill(row + used, 0, stride - used);
    }
  }
}

export function attend(record: usize, from: usize, out: usize, samples: u32, scratch: usize): void {
  const tokens = dimension(record, 0);
  const width = dimension(record, 1);
  const heads = dimension(record, 2);
  const size = width / heads;
  const stride = (<usize>probabilityStride(tokens)) << 2;
  const widthBytes = (<usize>width) << 2;
  const rowBytes = widthBytes * 3;
  const values = scratch + stride * size;
  const probabilities = values + (((<usize>(size + 7)) & ~7) << 2) * tokens;
  for (let s: u32 = 0; s < samples; ++s) {
    for (let h: u32 = 0; h < heads; ++h) {
      const head = (<usize>(h * size)) << 2;
      const q = from + head;
      headProbabilities(q, q + widthBytes, rowBytes, tokens, size, scratch, probabilities);
      packRowsSimd(q + 2 * widthBytes, rowBytes, tokens, size, values);
      for (let t: u32 = 0; t < tokens; t += QUERY_BLOCK) {
        const last = min<u32>(tokens, t + QUERY_BLOCK);
        const rows = probabilities + <usize>t * stride;
        const to = out + head + <usize>t * widthBytes;
        matmulSimd(rows, stride, 4, values, to, widthBytes, last - t, last, size, 0, (<usize>tokens) << 5);
      }
    }
    floorSimd(out, tokens * width);
    from += <usize>tokens * rowBytes;
    out += <usize>tokens * widthBytes;
  }
}
