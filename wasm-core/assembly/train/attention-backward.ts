import { headProbabilities, headScale, probabilityStride, QUERY_BLOCK } from '../score/attention';
import { matmulSimd } from '../score/matmul-f32-simd';
import { packColumnsSimd, packRowsSimd } from '../score/pack-f32-simd';
import { dimension } from '../score/program';
import { floorSimd } from '../vector/floor-f32-simd';
import { softmaxBackwardSimd } from './softmax-backward-f32-simd';

/**
 * For each sample and head, the probabilities P computed anew:
 *   ∂V = Pᵀ δ;  ∂P = δ Vᵀ;  ∂S = P (∂P − Σ P ∂P) / √h;  ∂Q = ∂S K;  ∂K = ∂Sᵀ Q
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
  const width = dimension(record, 1);
  const heads = dimension(record, 2);
  const size = width / heads;
  const scale = headScale(size);
  const stride = (<usize>probabilityStride(tokens)) << 2;
  const widthBytes = (<usize>width) << 2;
  const rowBytes = widthBytes * 3;
  const p = scratch + stride * ((<usize>size + 7) & ~7);
  const ds = p + stride * tokens;
  for (let s: u32 = 0; s < samples; ++s) {
    for (let h: u32 = 0; h < heads; ++h) {
      const head = (<usize>(h * size)) << 2;
      const q = from + head;
      const k = q + widthBytes;
      const v = k + widthBytes;
      const d = delta + head;
      const dq = out + head;
      headProbabilities(q, k, rowBytes, tokens, size, scratch, p);
      packRowsSimd(d, widthBytes, tokens, size, scratch);
      matmulSimd(p, 4, stride, scratch, dq + 2 * widthBytes, rowBytes, tokens, tokens, size, 0, (<usize>tokens) << 5);

      packColumnsSimd(v, rowBytes, size, tokens, scratch);
      for (let t: u32 = 0; t < tokens; t += QUERY_BLOCK) {
        const last = min<u32>(tokens, t + QUERY_BLOCK);
        const rows = ds + <usize>t * stride;
        const from = d + <usize>t * widthBytes;
        matmulSimd(from, widthBytes, 4, scratch, rows, stride, last - t, size, last, 0, (<usize>size) << 5);
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
        matmulSimd(rows, stride, 4, scratch, to, rowBytes, last - t, last, size, 0, (<usize>tokens) << 5);
      }
      packRowsSimd(q, rowBytes, tokens, size, scratch);
      matmulSimd(ds, 4, stride, scratch, dq + widthBytes, rowBytes, tokens, tokens, size, 0, (<usize>tokens) << 5);
    }
    from += <usize>tokens * rowBytes;
    delta += <usize>tokens * widthBytes;
    out += <usize>tokens * rowBytes;
  }
}
