import { WORK } from '../network-parts.ts';
import { describeShape, rowsAndWidth } from '../shape.ts';
import { activationExample } from './activation.ts';
import { defineLayer } from './layer-type.ts';

const SOFTMAX = 18;

/** Over the last dimension. */
export const softmax = defineLayer({
  name: 'softmax',
  fields: {},
  place: 'inside',
  activation: 'row',
  operations: { SOFTMAX },
  example: activationExample({ type: 'softmax' }),
  build: (_, at) => {
    if (at.shape.length === 3) throw at.misfit('features or a sequence', describeShape(at.shape));
    const [rows, width] = rowsAndWidth(at.shape);
    at.count(rows * (width * WORK.function + WORK.row));
    at.push({ code: SOFTMAX, dimensions: [rows, width], inPlace: true }, at.shape);
  },
});
