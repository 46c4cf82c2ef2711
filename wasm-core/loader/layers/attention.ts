import { flag, size } from '../fields.ts';
import { panels, WORK } from '../network-parts.ts';
import type { Shape } from '../shape.ts';
import { defineLayer } from './layer-type.ts';
import { DENSE, multiply } from './matrix.ts';
import { epsilonWord } from './normalisation.ts';
import { rotaryWords, turn, type Heads } from './rotary.ts';
import { requireSequence, textWords } from './tokens.ts';

const ATTENTION = 12;
const HEAD_NORM = 20;
const ENCODER_ATTENTION = 22;

/**
 * Multi-head self-attention with its projections: causal, or of whole texts in both directions (`causal: false`). Llama's kinds of it: `kvHeads` fewer heads
 * of keys and values, which neighbouring queries share (Ainslie et al., "GQA", 2023); heads of `headSize`, else of
 * width / heads; no biases of the queries, keys and values (`bias`) or of what goes out (`outBias`); `qkNorm`, an RMS norm of
 * each head's queries and keys with this epsilon (Qwen3); `rotary`: positions turn queries and keys.
 */
export const attention = defineLayer({
  name: 'attention',
  fields: {
    width: size,
    heads: size,
    kvHeads: { ...size, optional: true },
    headSize: { ...size, optional: true },
    bias: flag,
    outBias: flag,
    qkNorm: { kind: 'number', least: 1e-12, most: 1, optional: true },
    causal: flag,
    rotary: flag,
    ...rotaryWords.fields,
  },
  place: 'inside',
  operations: { DENSE, HEAD_NORM, ROTARY: rotaryWords.code, ATTENTION, ENCODER_ATTENTION },
  example: [
    { type: 'embedding', vocabulary: 5, length: 6, width: 4, padding: 2 },
    { type: 'attention', width: 4, heads: 2, rotary: true },
    {
      type: 'attention',
      width: 4,
      heads: 4,
      kvHeads: 2,
      headSize: 2,
      outBias: false,
      qkNorm: 1e-3,
      causal: false,
      rotary: true,
    },
    { type: 'pooling', mode: 'cls' },
    { type: 'dense', inputs: 4, outputs: 5 },
  ],
  build: (layer, at) => {
    const { heads, kvHeads = heads, bias = true, outBias = bias, qkNorm, rotary = false, causal = true } = layer;
    const [tokens, width] = requireSequence(at);
    if (layer.width !== width) throw at.misfit(`width ${width}`, `${layer.width}`);
    const { headSize: size = width / heads } = layer;
    if (!Number.isInteger(size) || (rotary && size % 2)) {
      throw at.misfit('heads that divide the width, to an even size where rotary', `${heads} heads of ${size}`);
    }
    if (heads % kvHeads) throw at.misfit(`heads of keys and values that divide ${heads}`, `${kvHeads}`);
    const row = (heads + 2 * kvHeads) * size;
    // torch names the projection of a MultiheadAttention so, without a dot.
    const into = { weight: '.in_proj_weight', bias: '.in_proj_bias' };
    const projected = multiply(at, at.shape, { inputs: width, outputs: row, bias, tensors: into, gain: 3 });
    const dimensions: Heads = [tokens, heads, kvHeads, size];
    if (qkNorm !== undefined) {
      const parameters = at.tensor('.q_norm.weight', [size], { value: 1 });
      at.tensor('.k_norm.weight', [size], { value: 1 });
      at.count(tokens * (heads + kvHeads) * (4 * size + WORK.row));
      const step = { code: HEAD_NORM, dimensions: [...dimensions, epsilonWord(qkNorm)], parameters, inPlace: true };
      at.push(step, projected);
    }
    if (rotary) turn(layer, dimensions, at, projected);
    at.count(tokens * (2 * tokens * panels(size) + tokens * WORK.function + WORK.row) * heads);
    let operation = { code: ATTENTION, dimensions: dimensions as number[] };
    if (!causal) {
      const words = textWords(at, 'attention in both directions');
      at.count(2 * tokens * tokens * heads);
      operation = { code: ENCODER_ATTENTION, dimensions: [...dimensions, ...words] };
    }
    const line = panels(tokens) * 4;
    const mixed: Shape = [tokens, heads * size];
    at.push(
      {
        ...operation,
        scratch: (_, training) =>
          line * panels(size) + (training ? line * tokens : panels(size) * tokens * 4) + line * tokens,
      },
      mixed,
    );
    const out = { weight: '.out_proj.weight', bias: '.out_proj.bias' };
    multiply(at, mixed, { inputs: heads * size, outputs: width, bias: outBias, tensors: out, gain: 3 });
  },
});
