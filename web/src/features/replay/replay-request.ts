import type { PolicySetting } from '@covey/governance';
import type { Sources } from '../../chain/sources.ts';

/** What the page asks of the replay worker; everything else it reads itself, from chain and content. */
export interface ReplayRequest extends Sources {
  changes: readonly PolicySetting[];
}
