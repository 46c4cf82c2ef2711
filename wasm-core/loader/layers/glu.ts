import { WORK } from '../network-parts.ts';
import { describeShape, rowsAndWidth } from '../shape.ts';
import { defineLayer } from './layer-type.ts';

const GLU = 21;
/** Codes of the activations, and what a value takes. */
const kinds = {
  silu: [16, WORK.function],
  gelu: [14, WORK.gelu],
  'gelu-tanh': [15, WORK.gelu],
} as const;

/**
 * f(a) · b of rows that are a and b of the same length, a first: gates of SwiGLU and GeGLU (Shazeer, "GLU Variants Improve
 * Transformer", 2020). The dense layer before it holds both projections.
 */
export const glu = defineLayer({
  name: 'glu',
  fields: { activation: { kind: 'choice', values: ['silu', 'gelu', 'gelu-tanh'] } },
  place: 'inside',
  activation: 'row',
  operations: { GLU },
  example: [
    { type: 'dense', inputs: 5, outputs: 12 },
    { type: 'glu', activation: 'silu' },
    { type: 'dense', inputs: 6, outputs: 10 },
    { type: 'glu', activation: 'gelu' },
    { type: 'dense', inputs: 5, outputs: 8 },
    { type: 'glu', activation: 'gelu-tanh' },
    { type: 'dense', inputs: 4, outputs: 3 },
  ],
  build: ({ activation }, at) => {
    const { shape } = at;
    const [rows, width] = rowsAndWidth(shape);
    if (shape.length === 3 || width % 2) throw at.misfit('rows of an even width', describeShape(shape));
    const [code, work] = kinds[activation];
    const half = width / 2;
    at.count(rows * (half * (work + 1) + WORK.row));
    at.push({ code: GLU, dimensions: [rows, half, code] }, shape.length === 2 ? [rows, half] : [half]);
  },
});
