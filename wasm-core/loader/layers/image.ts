import { size } from '../fields.ts';
import { BYTES, startWithBytes } from './bytes.ts';
import { defineLayer } from './layer-type.ts';

/** Bytes as an image, channels first. */
export const image = defineLayer({
  name: 'image',
  fields: { channels: size, height: size, width: size },
  place: 'first',
  operations: { BYTES },
  example: [
    { type: 'image', channels: 2, height: 3, width: 2 },
    { type: 'flatten' },
    { type: 'dense', inputs: 12, outputs: 3 },
  ],
  build: ({ channels, height, width }, at) => startWithBytes(at, [channels, height, width]),
});
