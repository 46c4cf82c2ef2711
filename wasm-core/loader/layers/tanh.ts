import { WORK } from '../network-parts.ts';
import { activate, activationExample } from './activation.ts';
import { defineLayer } from './layer-type.ts';

const TANH = 17;

/** tanh x. */
export const tanh = defineLayer({
  name: 'tanh',
  fields: {},
  place: 'inside',
  activation: 'value',
  operations: { TANH },
  example: activationExample({ type: 'tanh' }),
  build: (_, at) => activate(at, TANH, WORK.function),
});
