import { WORK } from '../network-parts.ts';
import { defineLayer } from './layer-type.ts';
import { requireSequence, textWords } from './tokens.ts';

const POOLING = 23;

/**
 * What a text's tokens say together (Reimers and Gurevych, "Sentence-BERT", 2019): the mean of all that are no padding, or
 * what the first, BERT's [CLS], has gathered.
 */
export const pooling = defineLayer({
  name: 'pooling',
  fields: { mode: { kind: 'choice', values: ['mean', 'cls'] } },
  place: 'inside',
  operations: { POOLING },
  example: [
    { type: 'embedding', vocabulary: 4, length: 5, width: 4, padding: 1 },
    { type: 'attention', width: 4, heads: 2, causal: false },
    { type: 'pooling', mode: 'mean' },
    { type: 'dense', inputs: 4, outputs: 3 },
  ],
  build: ({ mode }, at) => {
    const [tokens, width] = requireSequence(at);
    at.count(tokens * (width + 2 * WORK.row) + WORK.row);
    const dimensions = [tokens, width, Number(mode === 'cls'), 0, ...textWords(at, 'pooling')];
    at.push({ code: POOLING, dimensions }, [width]);
  },
});
