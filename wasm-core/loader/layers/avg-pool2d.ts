import { defineLayer } from './layer-type.ts';
import { pool, poolExample, poolFields } from './pool.ts';

const AVERAGE_POOL = 7;

/** The mean of each window; padding counts as zeros. */
export const avgPool2d = defineLayer({
  name: 'avg-pool2d',
  fields: poolFields,
  place: 'inside',
  operations: { AVERAGE_POOL },
  example: poolExample('avg-pool2d'),
  build: (layer, at) => pool(layer, at, AVERAGE_POOL),
});
