import { classes, flag, size } from '../fields.ts';
import { FEATURES } from '../program.ts';
import { startWithFeatures } from './features.ts';
import { defineLayer } from './layer-type.ts';
import { DENSE, multiply } from './matrix.ts';

/** y = x Wᵀ + b over the last dimension. */
export const dense = defineLayer({
  name: 'dense',
  fields: { inputs: size, outputs: classes, bias: flag },
  place: 'anywhere',
  operations: { FEATURES, DENSE },
  example: [
    { type: 'dense', inputs: 5, outputs: 4, bias: false },
    { type: 'dense', inputs: 4, outputs: 3 },
  ],
  build: ({ inputs, outputs, bias = true }, at) => {
    if (!at.input) startWithFeatures(at, [inputs]);
    const tensors = { weight: '.weight', bias: '.bias' };
    multiply(at, at.input ? at.shape : [inputs], { inputs, outputs, bias, tensors, gain: 6 });
  },
});
