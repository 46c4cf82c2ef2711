import { FEATURES } from '../program.ts';
import type { Shape } from '../shape.ts';
import type { LayerPlace } from './layer-type.ts';

/** A first layer over features: each becomes f32 as its type says (`assembly/score/features.ts`). */
export function startWithFeatures(at: LayerPlace, shape: Shape): void {
  at.takeFeatures(shape);
  at.push({ code: FEATURES, dimensions: [] }, shape);
}
