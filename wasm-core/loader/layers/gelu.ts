import { WORK } from '../network-parts.ts';
import { activate, activationExample } from './activation.ts';
import { defineLayer } from './layer-type.ts';

const GELU = 14;
const GELU_TANH = 15;

/** x Φ(x); by default with erf. */
export const gelu = defineLayer({
  name: 'gelu',
  fields: { approximate: { kind: 'choice', values: ['tanh'], optional: true } },
  place: 'inside',
  activation: 'value',
  operations: { GELU, GELU_TANH },
  example: [
    { type: 'dense', inputs: 5, outputs: 5 },
    { type: 'gelu' },
    ...activationExample({ type: 'gelu', approximate: 'tanh' }),
  ],
  build: ({ approximate }, at) => activate(at, approximate ? GELU_TANH : GELU, WORK.gelu),
});
