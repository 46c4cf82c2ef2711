import { activate, activationExample } from './activation.ts';
import { defineLayer } from './layer-type.ts';

const RELU = 13;

/** x where it is above 0, else +0. */
export const relu = defineLayer({
  name: 'relu',
  fields: {},
  place: 'inside',
  activation: 'value',
  operations: { RELU },
  example: activationExample({ type: 'relu' }),
  build: (_, at) => activate(at, RELU, 0),
});
