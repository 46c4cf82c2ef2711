import { panels, WORK } from '../network-parts.ts';
import { defineLayer } from './layer-type.ts';
import { DENSE } from './matrix.ts';
import { requireSequence } from './tokens.ts';

/** Outputs of all tokens by the embedding's own matrix, x Eᵀ (Press and Wolf, "Using the Output Embedding", 2017). */
export const unembedding = defineLayer({
  name: 'unembedding',
  fields: {},
  place: 'inside',
  operations: { DENSE },
  example: [
    { type: 'embedding', vocabulary: 5, length: 3, width: 4 },
    { type: 'dense', inputs: 4, outputs: 4 },
    { type: 'unembedding' },
  ],
  build: (_, at) => {
    const [tokens, width] = requireSequence(at);
    const { table } = at;
    if (table?.width !== width) throw at.misfit(`the embedding's width ${table?.width}`, `${width}`);
    const { vocabulary } = table;
    at.count(tokens * (width * panels(vocabulary) + WORK.row));
    at.push(
      {
        code: DENSE,
        dimensions: [tokens, width, vocabulary],
        parameters: table.offset,
        scratch: (samples, training) =>
          4 *
          Math.max(panels(vocabulary) * width, training ? panels(width) * Math.max(tokens * samples, vocabulary) : 0),
      },
      [tokens, vocabulary],
    );
  },
});
