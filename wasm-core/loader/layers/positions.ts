import { size } from '../fields.ts';
import { defineLayer } from './layer-type.ts';
import { requireSequence } from './tokens.ts';

const POSITIONS = 3;

/** Learned positions, added. */
export const positions = defineLayer({
  name: 'positions',
  fields: { length: size, width: size },
  place: 'inside',
  operations: { POSITIONS },
  example: [
    { type: 'embedding', vocabulary: 5, length: 3, width: 4 },
    { type: 'positions', length: 3, width: 4 },
    { type: 'dense', inputs: 4, outputs: 5 },
  ],
  build: (layer, at) => {
    const [length, width] = requireSequence(at);
    if (layer.length !== length || layer.width !== width) {
      throw at.misfit(`${length} positions of ${width}`, `${layer.length} of ${layer.width}`);
    }
    const parameters = at.tensor('.weight', [length, width], { boundSquared: 0.0012 });
    at.push({ code: POSITIONS, dimensions: [], parameters, inPlace: true }, at.shape);
  },
});
