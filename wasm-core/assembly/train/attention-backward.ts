import { headProbabilities, headScale, probabilityStride, QUERY_BLOCK } from '../score/attention';
import { matmulSimd } from '../score/matmul-f32-simd';
import { packColumnsSimd, packRowsSimd } from '../score/pack-f32-simd';
import { dimension } from '../score/program';
import { floorSimd } from '../vector/floor-f32-simd';
import { softmaxBackwardSimd } from './softmax-backward-f32-simd';

/**
 * For each sample and head, the probabilities P computed anew:
 *   ∂V = Pᵀ δ;  ∂P = δ Vᵀ;  ∂S = P (∂P − Σ P ∂P) / √h;  ∂Q = ∂S K;  ∂K = ∂Sᵀ Q
 * ∂K and ∂V go on from head to head of those that share keys and values.
 * scratch: panels f32[⌈max(tokens, h)/8⌉ · 8][max(tokens, h)] | P f32[tokens][stride] | ∂S f32[tokens][stride]
 */
export function attendBackward(
  record: usize,
  from: usize,
  delta: usize,
  out: usize,
  samples: u32,
  scratch: usize,
): void {
  const tokens = dimension(record, 0);
  const heads = dimension(record, 1);
  const kvHeads = dimension(record, 2);
  const size = dimension(record, 3);
  const sharing = heads / kvHeads;
  const scale = headScale(size);
  const stride = (<usize>probabilityStride(tokens)) << 2;
  const headBytes = (<usize>size) << 2;
  const outBytes = headBytes * heads;
  const keyBytes = headBytes * kvHeads;
  const rowBytes = outBytes + 2 * keyBytes;
  const p = scratch + stride * ((<usize>size + 7) & ~7);
  const ds = p + stride * tokens;
  const sizePanel = (<usize>size) << 5;
  const tokensPanel = (<usize>tokens) << 5;
  for (let s: u32 = 0; s < samples; ++s) {
    for (let h: u32 = 0; h < heads; ++h) {
      const onto = h % sharing;
      const key = outBytes + headBytes * (h / sharing);
      const q = from + headBytes * h;
      const k = from + key;
      const v = k + keyBytes;
      const d = delta + headBytes * h;
      const dq = out + headBytes * h;
      const dk = out + key;
      packColumnsSimd(k, rowBytes, size, tokens, scratch);
      headProbabilities(q, rowBytes, 0, tokens, size, scratch, p, stride);
      packRowsSimd(d, outBytes, tokens, size, scratch);
      matmulSimd(p, 4, stride, scratch, dk + keyBytes, rowBytes, tokens, tokens, size, onto, tokensPanel);

      packColumnsSimd(v, rowBytes, size, tokens, scratch);
      for (let t: u32 = 0; t < tokens; t += QUERY_BLOCK) {
        const last = min<u32>(tokens, t + QUERY_BLOCK);
        const rows = ds + <usize>t * stride;
        const deltas = d + <usize>t * outBytes;
        matmulSimd(deltas, outBytes, 4, scratch, rows, stride, last - t, size, last, 0, sizePanel);
        for (let i = t; i < last; ++i) {
          const row = ds + <usize>i * stride;
          floorSimd(row, i + 1);
          softmaxBackwardSimd(p + <usize>i * stride, row, row, i + 1, scale);
          const used = (<usize>(i + 1)) << 2;
          memory.fill(row + used, 0, stride - used);
        }
      }

      packRowsSimd(k, rowBytes, tokens, size, scratch);
      for (let t: u32 = 0; t < tokens; t += QUERY_BLOCK) {
        const last = min<u32>(tokens, t + QUERY_BLOCK);
        const rows = ds + <usize>t * stride;
        const to = dq + <usize>t * rowBytes;
        matmulSimd(rows, stride, 4, scratch, to, rowBytes, last - t, last, size, 0, tokensPanel);
      }
      packRowsSimd(q, rowBytes, tokens, size, scratch);
      matmulSimd(ds, 4, stride, scratch, dk, rowBytes, tokens, tokens, size, onto, tokensPanel);
    }
    from += <usize>tokens * rowBytes;
    delta += <usize>tokens * outBytes;
    out += <usize>tokens * rowBytes;
  }
}
