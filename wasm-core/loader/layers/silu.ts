import { WORK } from '../network-parts.ts';
import { activate, activationExample } from './activation.ts';
import { defineLayer } from './layer-type.ts';

const SILU = 16;

/** x / (1 + e^−x). */
export const silu = defineLayer({
  name: 'silu',
  fields: {},
  place: 'inside',
  activation: 'value',
  operations: { SILU },
  example: activationExample({ type: 'silu' }),
  build: (_, at) => activate(at, SILU, WORK.function),
});
