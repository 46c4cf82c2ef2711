import { panels, WORK } from '../network-parts.ts';
import { flags } from '../program.ts';
import { describeShape, rowsAndWidth, type Shape } from '../shape.ts';
import type { LayerPlace } from './layer-type.ts';

/** Operation of a product with a learned matrix; LoRA's adapters change these matrices. */
export const DENSE = 4;

interface Product {
  inputs: number;
  outputs: number;
  bias: boolean;
  /** What PyTorch calls weight and bias. */
  tensors: { weight: string; bias: string };
  /** Weights begin uniform in ±√(gain / inputs). */
  gain: number;
}

/** y = x Wᵀ + b over the last dimension of `shape`. */
export function multiply(at: LayerPlace, shape: Shape, { inputs, outputs, bias, tensors, gain }: Product): Shape {
  if (shape.length === 3 || shape.at(-1) !== inputs) throw at.misfit(`${inputs} inputs`, describeShape(shape));
  const [rows] = rowsAndWidth(shape);
  const parameters = at.tensor(tensors.weight, [outputs, inputs], { boundSquared: gain / inputs });
  if (bias) at.tensor(tensors.bias, [outputs], { value: 0 });
  at.count(rows * (inputs * panels(outputs) + WORK.row));
  const made: Shape = shape.length === 2 ? [rows, outputs] : [outputs];
  at.push(
    {
      code: DENSE,
      dimensions: [rows, inputs, outputs],
      parameters,
      flags: bias ? flags.bias : 0,
      scratch: (samples, training) =>
        4 * Math.max(panels(outputs) * inputs, training ? panels(inputs) * Math.max(rows * samples, outputs) : 0),
    },
    made,
  );
  return made;
}
