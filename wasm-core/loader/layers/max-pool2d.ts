import { defineLayer } from './layer-type.ts';
import { pool, poolExample, poolFields } from './pool.ts';

const MAX_POOL = 6;

/** The largest of each window. */
export const maxPool2d = defineLayer({
  name: 'max-pool2d',
  fields: poolFields,
  place: 'inside',
  operations: { MAX_POOL },
  example: poolExample('max-pool2d'),
  build: (layer, at) => pool(layer, at, MAX_POOL),
});
