import { product } from '../shape.ts';
import type { LayerPlace } from './layer-type.ts';

/** One operation on each value by itself, which takes so much work. */
export function activate(at: LayerPlace, code: number, work: number): void {
  at.count(work * product(at.shape));
  at.push({ code, dimensions: [], inPlace: true }, at.shape);
}

/** The activation between two layers. */
export const activationExample = (activation: { type: string; [field: string]: unknown }) => [
  { type: 'dense', inputs: 5, outputs: 4 },
  activation,
  { type: 'dense', inputs: 4, outputs: 3 },
];
