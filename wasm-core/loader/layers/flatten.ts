import { product } from '../shape.ts';
import { defineLayer } from './layer-type.ts';

/** The same values as features. */
export const flatten = defineLayer({
  name: 'flatten',
  fields: {},
  place: 'inside',
  operations: {},
  example: [
    { type: 'image', channels: 1, height: 2, width: 3 },
    { type: 'flatten' },
    { type: 'dense', inputs: 6, outputs: 3 },
  ],
  build: (_, at) => {
    if (at.input?.kind === 'tokens') throw at.misfit('no flatten of tokens: each sees only what is before it', '');
    at.reshape([product(at.shape)]);
  },
});
