import { notFiniteSimd } from '../vector/finite-f32-simd';
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

/**
 * probabilities[t − first][u] of one head for t from first to last, rows `stride` bytes apart; 0 from t + 1 to the end of the
 * row. queries: of `first`. panels: the keys of all before `last`.
 */
export function headProbabilities(
  queries: usize,
  rowBytes: usize,
  first: u32,
  last: u32,
  size: u32,
  panels: usize,
  probabilities: usize,
  stride: usize,
): void {
  const scale = headScale(size);
  for (let t = first; t < last; t += QUERY_BLOCK) {
    const end = min<u32>(last, t + QUERY_BLOCK);
    const rows = probabilities + <usize>(t - first) * stride;
    const q = queries + <usize>(t - first) * rowBytes;
    matmulSimd(q, rowBytes, 4, panels, rows, stride, end - t, size, end, 0, (<usize>size) << 5);
    for (let i = t; i < end; ++i) {
      const row = probabilities + <usize>(i - first) * stride;
      softmaxRowSimd(row, row, i + 1, scale);
      const used = (<usize>(i + 1)) << 2;
      memory.fill(row + used, 0, stride - used);
    }
  }
}

/**
 * The values of a block of queries first … last − 1, weighted by their probabilities. Those of tokens behind a query have the
 * weight 0, which changes no sum of finite values; where some are not, each row ends at its own token: 0 · ∞ is NaN.
 */
export function weighValues(
  probabilities: usize,
  stride: usize,
  values: usize,
  panelBytes: usize,
  out: usize,
  outBytes: usize,
  first: u32,
  last: u32,
  size: u32,
  finite: bool,
): void {
  if (finite) {
    matmulSimd(probabilities, stride, 4, values, out, outBytes, last - first, last, size, 0, panelBytes);
    return;
  }
  for (let t = first; t < last; ++t) {
    matmulSimd(probabilities, stride, 4, values, out, outBytes, 1, t + 1, size, 0, panelBytes);
    probabilities += stride;
    out += outBytes;
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
  const packed: u32 = ((size + 7) & ~7) * tokens;
  const probabilities = values + ((<usize>packed) << 2);
  for (let s: u32 = 0; s < samples; ++s) {
    for (let g: u32 = 0; g < kvHeads; ++g) {
      const k = from + outBytes + headBytes * g;
      packColumnsSimd(k, rowBytes, size, tokens, scratch);
      packRowsSimd(k + keyBytes, rowBytes, tokens, size, values);
      const finite = !notFiniteSimd(values, packed);
      for (let h = g * sharing; h < (g + 1) * sharing; ++h) {
        const head = headBytes * h;
        headProbabilities(from + head, rowBytes, 0, tokens, size, scratch, probabilities, stride);
        for (let t: u32 = 0; t < tokens; t += QUERY_BLOCK) {
          const last = min<u32>(tokens, t + QUERY_BLOCK);
          const rows = probabilities + <usize>t * stride;
          const to = out + head + <usize>t * outBytes;
          weighValues(rows, stride, values, (<usize>tokens) << 5, to, outBytes, t, last, size, finite);
        }
      }
    }
    floorSimd(out, tokens * heads * size);
    from += <usize>tokens * rowBytes;
    out += <usize>tokens * outBytes;
  }
}
