import { headScale, probabilityStride } from '../score/attention';
import { encoderProbabilities } from '../score/encoder-attention';
import { matmulSimd } from '../score/matmul-f32-simd';
import { packColumnsSimd, packRowsSimd } from '../score/pack-f32-simd';
import { textLength } from '../score/padding';
import { dimension } from '../score/program';
import { floorSimd } from '../vector/floor-f32-simd';
import { softmaxBackwardSimd } from './softmax-backward-f32-simd';

/**
 * As `attendBackward`, over the n places of each text; those behind it get 0. Padding within has P = 0, so nothing reaches it:
 *   ∂V = Pᵀ δ;  ∂P = δ Vᵀ;  ∂S = P (∂P − Σ P ∂P) / √h;  ∂Q = ∂S K;  ∂K = ∂Sᵀ Q
 * scratch: panels f32[⌈max(tokens, h)/8⌉ · 8][max(tokens, h)] | P f32[tokens][stride] | ∂S f32[tokens][stride]
 */
export function encoderAttendBackward(
  record: usize,
  inputs: usize,
  index: usize,
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
  for (let s: u32 = 0; s < samples; ++s) {
    const sample = load<u32>(index + ((<usize>s) << 2));
    const n = textLength(record, inputs, sample);
    const textPanel = (<usize>n) << 5;
    for (let h: u32 = 0; h < heads && n > 0; ++h) {
      const onto = h % sharing;
      const key = outBytes + headBytes * (h / sharing);
      const q = from + headBytes * h;
      const k = from + key;
      const v = k + keyBytes;
      const d = delta + headBytes * h;
      const dq = out + headBytes * h;
      const dk = out + key;
      packColumnsSimd(k, rowBytes, size, n, scratch);
      encoderProbabilities(record, inputs, sample, q, rowBytes, n, scratch, p);
      packRowsSimd(d, outBytes, n, size, scratch);
      matmulSimd(p, 4, stride, scratch, dk + keyBytes, rowBytes, n, n, size, onto, textPanel);

      packColumnsSimd(v, rowBytes, size, n, scratch);
      matmulSimd(d, outBytes, 4, scratch, ds, stride, n, size, n, 0, sizePanel);
      for (let t: u32 = 0; t < n; ++t) {
        const row = ds + <usize>t * stride;
        floorSimd(row, n);
        softmaxBackwardSimd(p + <usize>t * stride, row, row, n, scale);
      }

      packRowsSimd(k, rowBytes, n, size, scratch);
      matmulSimd(ds, stride, 4, scratch, dq, rowBytes, n, n, size, 0, textPanel);
      packRowsSimd(q, rowBytes, n, size, scratch);
      matmulSimd(ds, 4, stride, scratch, dk, rowBytes, n, n, size, onto, textPanel);
    }
    memory.fill(out + <usize>n * rowBytes, 0, <usize>(tokens - n) * rowBytes);
    from += <usize>tokens * rowBytes;
    delta += <usize>tokens * outBytes;
    out += <usize>tokens * rowBytes;
  }
}
