import { size } from '../fields.ts';
import { FEATURES } from '../program.ts';
import { startWithFeatures } from './features.ts';
import { defineLayer } from './layer-type.ts';

/** Features as an image, channels first. */
export const image = defineLayer({
  name: 'image',
  fields: { channels: size, height: size, width: size },
  place: 'first',
  operations: { FEATURES },
  example: [
    { type: 'image', channels: 2, height: 3, width: 2 },
    { type: 'flatten' },
    { type: 'dense', inputs: 12, outputs: 3 },
  ],
  build: ({ channels, height, width }, at) => startWithFeatures(at, [channels, height, width]),
});
