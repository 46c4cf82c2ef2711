import type { LayerPlace } from './layer-type.ts';
import { describeShape } from '../shape.ts';

/** A window that slides over an image; sizes are [height, width]. */
export interface Sliding {
  kernel: [number, number];
  stride: [number, number];
  padding: [number, number];
}

export function requireImage(at: LayerPlace): [channels: number, height: number, width: number] {
  if (at.shape.length === 3) return at.shape;
  throw at.misfit('an image', describeShape(at.shape));
}

/** Places of a window in each direction. */
export function slide(
  at: LayerPlace,
  [height, width]: [number, number],
  { kernel, stride, padding }: Sliding,
): [number, number] {
  return [steps(at, height, kernel[0], stride[0], padding[0]), steps(at, width, kernel[1], stride[1], padding[1])];
}

function steps(at: LayerPlace, size: number, kernel: number, stride: number, padding: number): number {
  const out = Math.floor((size + 2 * padding - kernel) / stride) + 1;
  if (padding >= kernel || out < 1)
    throw at.misfit('a kernel within the padded image, larger than its padding', `${kernel} on ${size}`);
  return out;
}
