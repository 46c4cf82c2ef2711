import type { Shape } from '../shape.ts';
import type { LayerPlace } from './layer-type.ts';

/** Operation of first layers over bytes: each is scaled by 1/255. */
export const BYTES = 1;

export function startWithBytes(at: LayerPlace, shape: Shape): void {
  at.takeBytes(shape);
  at.push({ code: BYTES, dimensions: [] }, shape);
}
