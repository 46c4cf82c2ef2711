import type { Architecture } from '@covey/protocol';
import type { Kind } from '../../creator/preset/architectures.ts';

/** What a network takes, told by its first layer. */
export function kindOf({ input, layers }: Architecture): Kind {
  if (input === 'tokens') return 'text';
  return layers[0]?.type === 'image' ? 'image' : 'tabular';
}
