import { defineLayer } from './layer-type.ts';

const ADD = 19;

/** x + layers(x). */
export const residual = defineLayer({
  name: 'residual',
  fields: { layers: { kind: 'layers' } },
  place: 'inside',
  operations: { ADD },
  example: [
    { type: 'dense', inputs: 5, outputs: 4 },
    { type: 'residual', layers: [{ type: 'dense', inputs: 4, outputs: 4 }, { type: 'tanh' }] },
    { type: 'dense', inputs: 4, outputs: 3 },
  ],
  build: ({ layers }, at) => {
    const second = at.branch(layers);
    at.push({ code: ADD, dimensions: [], inPlace: true, second }, at.shape);
  },
});
