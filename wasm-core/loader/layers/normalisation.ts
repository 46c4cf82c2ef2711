import { size, type Fields } from '../fields.ts';
import { WORK } from '../network-parts.ts';
import { describeShape, rowsAndWidth } from '../shape.ts';
import type { LayerPlace } from './layer-type.ts';

export const normFields = {
  features: size,
  /** Added to the variance, 1e-5 unless given. */
  epsilon: { kind: 'number', least: 1e-12, most: 1, optional: true },
} as const satisfies Fields;

/** Bits of the f32, as kernels read it from a word. */
export function epsilonWord(epsilon = 1e-5): number {
  return new Uint32Array(Float32Array.of(epsilon).buffer)[0]!;
}

/** Normalises each row of the last dimension: weight, and bias where it is centred. */
export function normaliseRows(
  { features, epsilon }: { features: number; epsilon?: number | undefined },
  at: LayerPlace,
  code: number,
  centred: boolean,
): void {
  const { shape } = at;
  if (shape.length === 3 || shape.at(-1) !== features) throw at.misfit(`${features} features`, describeShape(shape));
  const parameters = at.tensor('.weight', [features], { value: 1 });
  if (centred) at.tensor('.bias', [features], { value: 0 });
  const [rows, width] = rowsAndWidth(shape);
  at.count(rows * (4 * width + WORK.row));
  at.push({ code, dimensions: [rows, width, epsilonWord(epsilon)], parameters, inPlace: true }, shape);
}

export const normExample = (type: string) => [
  { type: 'dense', inputs: 5, outputs: 4 },
  { type, features: 4, epsilon: 1e-3 },
  { type: 'dense', inputs: 4, outputs: 3 },
];
