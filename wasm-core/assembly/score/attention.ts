import { floorSimd } from '../vector/floor-f32-simd';
import { matmulSimd } from './matmul-f32-simd';
import { packColumnsSimd, packRowsSimd } from './pack-f32-simd';
import { dimension } from './program';
import { softmaxRowSimd } from './softmax-f32-simd';

// Causal attention: Vaswani et al., 2017. For each sample and head of size h:
//   out_t = Σ_{u ≤ t} softmax_u(q_t · k_u / √h) v_u
// Neighbouring heads of queries share one of keys and values (Ainslie et al., "GQA", 2023). Input rows are queries | keys |
// values, f32[tokens][(heads + 2 · heads of keys) · h]; output rows f32[tokens][heads · h].
// Queries go in blocks of 32, whose products stop at the block's last key; probabilities past the diagonal are 0.
//
// dimensions: tokens, heads, heads of keys, h.  scratch: keys in panels | values in panels | probabilities f32[tokens][stride]

export const QUERY_BLOCK: u32 = 32;

/** Row length of the probabilities. */
export function probabilityStride(tokens: u32): u32 {
  return (tokens + 7) & ~7;
}

export function headScale(size: u32): f32 {
  return <f32>(1.0 / sqrt(<f64>size));
}

/** probabilities[t][u] of one head, rows `stride` f32 apart; 0 from t + 1 to the end of the row. panels: its keys. */
export function headProbabilities(
  queries: usize,
  rowBytes: usize,
  tokens: u32,
  size: u32,
  panels: usize,
  probabilities: usize,
): void {
  const stride = (<usize>probabilityStride(tokens)) << 2;
  const scale = headScale(size);
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
  const heads = dimension(record, 1);
  const kvHeads = dimension(record, 2);
  const size = dimension(record, 3);
  const sharing = heads / kvHeads;
  const stride = (<usize>probabilityStride(tokens)) << 2;
  const headBytes = (<usize>size) << 2;
  const outBytes = headBytes * heads;
  const keyBytes = headBytes * kvHeads;
  const rowBytes = outBytes + 2 * keyBytes;
  const values = scratch + stride * size;
  const probabilities = values + (((<usize>(size + 7)) & ~7) << 2) * tokens;
  for (let s: u32 = 0; s < samples; ++s) {
    for (let g: u32 = 0; g < kvHeads; ++g) {
      const k = from + outBytes + headBytes * g;
      packColumnsSimd(k, rowBytes, size, tokens, scratch);
      packRowsSimd(k + keyBytes, rowBytes, tokens, size, values);
      for (let h = g * sharing; h < (g + 1) * sharing; ++h) {
        const head = headBytes * h;
        headProbabilities(from + head, rowBytes, tokens, size, scratch, probabilities);
        for (let t: u32 = 0; t < tokens; t += QUERY_BLOCK) {
          const last = min<u32>(tokens, t + QUERY_BLOCK);
          const rows = probabilities + <usize>t * stride;
          const to = out + head + <usize>t * outBytes;
          matmulSimd(rows, stride, 4, values, to, outBytes, last - t, last, size, 0, (<usize>tokens) << 5);
        }
      }
    }
    floorSimd(out, tokens * heads * size);
    from += <usize>tokens * rowBytes;
    out += <usize>tokens * outBytes;
  }
}
