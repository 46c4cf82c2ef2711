import { describeShape } from '../shape.ts';
import { integerType, valueTypes } from '../values.ts';
import type { LayerPlace } from './layer-type.ts';

export function requireSequence(at: LayerPlace): [tokens: number, width: number] {
  if (at.shape.length === 2) return at.shape;
  throw at.misfit('a sequence', describeShape(at.shape));
}

/** What operations over whole texts read them by: the type of their tokens, and the one of padding. */
export function textWords(at: LayerPlace, what: string): [type: number, padding: number] {
  if (at.input?.kind !== 'text') throw at.misfit(`an embedding with padding before ${what}`, 'none');
  const { vocabulary, padding } = at.input;
  return [valueTypes[integerType(vocabulary)].code, padding];
}
