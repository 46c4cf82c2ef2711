import { refuse } from './kind.ts';
import type { Kind } from './kind.ts';

/**
 * The settings of this space follow from the chain and the deployment (docs/decisions/0021): no signature can change
 * them, and nobody can delete the space.
 */
export const settings: Kind<'settings'> = {
  alias: false,
  check: () =>
    refuse('not allowed: the settings of this space follow from the chain; change them by a proposal on chain'),
  apply: () => undefined,
};

export const deleteSpace: Kind<'delete-space'> = {
  alias: false,
  check: () => refuse('not authorized to delete space: it stands as long as its DAO does'),
  apply: () => undefined,
};
