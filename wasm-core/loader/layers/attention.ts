import { flag, size } from '../fields.ts';
import { panels, WORK } from '../network-parts.ts';
import { defineLayer } from './layer-type.ts';
import { DENSE, multiply } from './matrix.ts';
import { requireSequence } from './tokens.ts';

const ROTARY = 11;
const ATTENTION = 12;
/** Customary; see Su et al., "RoFormer", 2021. */
const ROTARY_BASE = 10_000;

/** Causal multi-head self-attention with its projections; `rotary`: positions turn queries and keys. */
export const attention = defineLayer({
  name: 'attention',
  fields: { width: size, heads: size, rotary: flag },
  place: 'inside',
  operations: { DENSE, ROTARY, ATTENTION },
  example: [
    { type: 'embedding', vocabulary: 5, length: 3, width: 4 },
    { type: 'attention', width: 4, heads: 2, rotary: true },
    { type: 'dense', inputs: 4, outputs: 5 },
  ],
  build: ({ width: asked, heads, rotary = false }, at) => {
    const [tokens, width] = requireSequence(at);
    if (asked !== width) throw at.misfit(`width ${width}`, `${asked}`);
    const size = width / heads;
    if (!Number.isInteger(size) || (rotary && size % 2)) {
      throw at.misfit('heads that divide the width, to an even size where rotary', `${heads} heads of ${size}`);
    }
    // torch names the projection of a MultiheadAttention so, without a dot.
    const into = { weight: '.in_proj_weight', bias: '.in_proj_bias' };
    const projected = multiply(at, at.shape, { inputs: width, outputs: 3 * width, bias: true, tensors: into, gain: 3 });
    const dimensions = [tokens, width, heads, ROTARY_BASE];
    if (rotary) {
      at.count(tokens * size * WORK.function * 8 + 6 * tokens * width);
      at.push({ code: ROTARY, dimensions, inPlace: true, scratch: () => tokens * size * 4 }, projected);
    }
    at.count(tokens * (2 * tokens * panels(size) + tokens * WORK.function + WORK.row) * heads);
    const row = panels(tokens) * 4;
    at.push(
      {
        code: ATTENTION,
        dimensions,
        scratch: (_, training) =>
          row * panels(size) + (training ? row * tokens : panels(size) * tokens * 4) + row * tokens,
      },
      [tokens, width],
    );
    const out = { weight: '.out_proj.weight', bias: '.out_proj.bias' };
    multiply(at, [tokens, width], { inputs: width, outputs: width, bias: true, tensors: out, gain: 3 });
  },
});
