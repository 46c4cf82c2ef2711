import { classes, size } from '../fields.ts';
import { limits, WORK } from '../network-parts.ts';
import { integerType, valueTypes } from '../values.ts';
import { defineLayer } from './layer-type.ts';

export const EMBED = 2;

/**
 * Tokens below `vocabulary` to vectors; a sample is `length` tokens and the one that follows. With `padding`, samples are
 * whole texts: `length` tokens, filled up with this one, which attention in both directions and pooling skip; the network
 * then says something of each text and not what follows.
 */
export const embedding = defineLayer({
  name: 'embedding',
  fields: {
    vocabulary: { ...classes, least: 2 },
    length: size,
    width: size,
    padding: { kind: 'size', least: 0, most: limits.classes, optional: true },
  },
  place: 'first',
  operations: { EMBED },
  example: [
    { type: 'embedding', vocabulary: 5, length: 3, width: 4 },
    { type: 'dense', inputs: 4, outputs: 5 },
  ],
  build: ({ vocabulary, length, width, padding }, at) => {
    if (padding !== undefined && padding >= vocabulary)
      throw at.misfit(`a padding token below ${vocabulary}`, `${padding}`);
    const stride = padding === undefined ? length + 1 : length;
    const dimensions = [valueTypes[integerType(vocabulary)].code, stride, vocabulary, width, length];
    const parameters = at.tensor('.weight', [vocabulary, width], { boundSquared: 0.03 });
    at.takeTokens(length, { offset: parameters, vocabulary, width }, padding);
    at.count(length * WORK.row);
    at.push({ code: EMBED, dimensions, parameters }, [length, width]);
  },
});
