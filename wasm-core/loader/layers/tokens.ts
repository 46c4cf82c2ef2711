import { describeShape } from '../shape.ts';
import type { LayerPlace } from './layer-type.ts';

export function requireSequence(at: LayerPlace): [tokens: number, width: number] {
  if (at.shape.length === 2) return at.shape;
  throw at.misfit('a sequence', describeShape(at.shape));
}
