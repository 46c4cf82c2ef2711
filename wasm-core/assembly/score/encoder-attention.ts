import { floorSimd } from '../vector/floor-f32-simd';
import { headScale, probabilityStride } from './attention';
import { matmulSimd } from './matmul-f32-simd';
import { packColumnsSimd, packRowsSimd } from './pack-f32-simd';
import { isPadding, textLength } from './padding';
import { dimension } from './program';
import { softmaxRowSimd } from './softmax-f32-simd';

// Attention in both directions (Devlin et al., "BERT", 2019): as `attention.ts`, but each token sees all of its text.
//   out_t = Σ_{u < n, u no padding} softmax_u(q_t · k_u / √h) v_u    for t < n, the text's length
// Places behind the text give 0 and are never looked at: the bits of a text do not depend on how far it is filled up.
//
// dimensions: tokens, heads, heads of keys, h, type of tokens, padding token.
// scratch: keys in panels | values in panels | probabilities f32[tokens][stride]

/** Logit of padding within a text: its e^(s z − max) is 0, whatever finite logits there are besides below 10^27. */
const NEVER: f32 = -1e30;

/** probabilities[t][u] of one head for t, u < n, rows `stride` f32 apart. panels: its keys. */
export function encoderProbabilities(
  record: usize,
  inputs: usize,
  sample: u32,
  queries: usize,
  rowBytes: usize,
  n: u32,
  panels: usize,
  probabilities: usize,
): void {
  const size = dimension(record, 3);
  const stride = (<usize>probabilityStride(dimension(record, 0))) << 2;
  const scale = headScale(size);
  matmulSimd(queries, rowBytes, 4, panels, probabilities, stride, n, size, n, 0, (<usize>size) << 5);
  for (let u: u32 = 0; u < n; ++u) {
    if (!isPadding(record, inputs, sample, u)) continue;
    let at = probabilities + ((<usize>u) << 2);
    for (let t: u32 = 0; t < n; ++t) {
      store<f32>(at, NEVER);
      at += stride;
    }
  }
  for (let t: u32 = 0; t < n; ++t) {
    const row = probabilities + <usize>t * stride;
    softmaxRowSimd(row, row, n, scale);
  }
}

export function encoderAttend(
  record: usize,
  inputs: usize,
  index: usize,
  from: usize,
  out: usize,
  samples: u32,
  scratch: usize,
): void {
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
    const sample = load<u32>(index + ((<usize>s) << 2));
    const n = textLength(record, inputs, sample);
    for (let g: u32 = 0; g < kvHeads && n > 0; ++g) {
      const k = from + outBytes + headBytes * g;
      packColumnsSimd(k, rowBytes, size, n, scratch);
      packRowsSimd(k + keyBytes, rowBytes, n, size, values);
      for (let h = g * sharing; h < (g + 1) * sharing; ++h) {
        const head = headBytes * h;
        encoderProbabilities(record, inputs, sample, from + head, rowBytes, n, scratch, probabilities);
        matmulSimd(probabilities, stride, 4, values, out + head, outBytes, n, n, size, 0, (<usize>n) << 5);
      }
    }
    memory.fill(out + <usize>n * outBytes, 0, <usize>(tokens - n) * outBytes);
    floorSimd(out, n * heads * size);
    from += <usize>tokens * rowBytes;
    out += <usize>tokens * outBytes;
  }
}
