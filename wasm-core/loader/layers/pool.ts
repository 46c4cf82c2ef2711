import type { FieldValuesOf, Fields } from '../fields.ts';
import type { LayerPlace } from './layer-type.ts';
import { WORK } from '../network-parts.ts';
import { requireImage, slide } from './window.ts';

/** Sizes are [height, width]; the stride is the kernel and there is no padding unless given, at most half the kernel. */
export const poolFields = {
  kernel: { kind: 'pair', least: 1 },
  stride: { kind: 'pair', least: 1, optional: true },
  padding: { kind: 'pair', least: 0, optional: true },
} as const satisfies Fields;

export function pool(layer: FieldValuesOf<typeof poolFields>, at: LayerPlace, code: number): void {
  const { kernel, stride = kernel, padding = [0, 0] } = layer;
  const [channels, height, width] = requireImage(at);
  if (2 * padding[0] > kernel[0] || 2 * padding[1] > kernel[1])
    throw at.misfit('padding of at most half the kernel', padding.join(', '));
  const [outHeight, outWidth] = slide(at, [height, width], { kernel, stride, padding });
  at.count(channels * outHeight * outWidth * kernel[0] * (2 * kernel[1] + WORK.row));
  const dimensions = [channels, height, width, ...kernel, ...stride, ...padding, outHeight, outWidth];
  at.push({ code, dimensions }, [channels, outHeight, outWidth]);
}

export const poolExample = (type: string) => [
  { type: 'image', channels: 2, height: 5, width: 4 },
  { type, kernel: [2, 3], stride: [1, 2], padding: [1, 1] },
  { type: 'flatten' },
  { type: 'dense', inputs: 24, outputs: 3 },
];
