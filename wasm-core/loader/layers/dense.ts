import { flag, size } from '../fields.ts';
import { BYTES, startWithBytes } from './bytes.ts';
import { defineLayer } from './layer-type.ts';
import { DENSE, multiply } from './matrix.ts';

/** y = x Wᵀ + b over the last dimension. */
export const dense = defineLayer({
  name: 'dense',
  fields: { inputs: size, outputs: size, bias: flag },
  place: 'anywhere',
  operations: { BYTES, DENSE },
  example: [
    { type: 'dense', inputs: 5, outputs: 4, bias: false },
    { type: 'dense', inputs: 4, outputs: 3 },
  ],
  build: ({ inputs, outputs, bias = true }, at) => {
    if (!at.input) startWithBytes(at, [inputs]);
    const tensors = { weight: '.weight', bias: '.bias' };
    multiply(at, at.input ? at.shape : [inputs], { inputs, outputs, bias, tensors, gain: 6 });
  },
});
