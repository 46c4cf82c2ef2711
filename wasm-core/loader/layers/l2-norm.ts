import { WORK } from '../network-parts.ts';
import { describeShape, rowsAndWidth } from '../shape.ts';
import { activationExample } from './activation.ts';
import { defineLayer } from './layer-type.ts';

const L2_NORM = 24;

/** Rows of length 1: x / max(‖x‖₂, 10^-12), as embeddings are compared by their angles. */
export const l2Norm = defineLayer({
  name: 'l2-norm',
  fields: {},
  place: 'inside',
  operations: { L2_NORM },
  example: activationExample({ type: 'l2-norm' }),
  build: (_, at) => {
    const { shape } = at;
    if (shape.length === 3) throw at.misfit('features or a sequence', describeShape(shape));
    const [rows, width] = rowsAndWidth(shape);
    at.count(rows * (4 * width + 2 * WORK.row));
    at.push({ code: L2_NORM, dimensions: [rows, width], inPlace: true }, shape);
  },
});
