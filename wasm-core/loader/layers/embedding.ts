import { classes, size } from '../fields.ts';
import { WORK } from '../network-parts.ts';
import { integerType, valueTypes } from '../values.ts';
import { defineLayer } from './layer-type.ts';

export const EMBED = 2;

/** Tokens below `vocabulary` to vectors; a sample is `length` tokens and the one that follows. */
export const embedding = defineLayer({
  name: 'embedding',
  fields: { vocabulary: { ...classes, least: 2 }, length: size, width: size },
  place: 'first',
  operations: { EMBED },
  example: [
    { type: 'embedding', vocabulary: 5, length: 3, width: 4 },
    { type: 'dense', inputs: 4, outputs: 5 },
  ],
  build: ({ vocabulary, length, width }, at) => {
    const dimensions = [valueTypes[integerType(vocabulary)].code, length + 1, vocabulary, width, length];
    const parameters = at.tensor('.weight', [vocabulary, width], { boundSquared: 0.03 });
    at.takeTokens(length, { offset: parameters, vocabulary, width });
    at.count(length * WORK.row);
    at.push({ code: EMBED, dimensions, parameters }, [length, width]);
  },
});
