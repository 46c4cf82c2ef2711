import type { SnapshotKind } from '@covey/governance';
import { alias } from './alias.ts';
import { deleteProposal } from './delete-proposal.ts';
import { flagProposal } from './flag-proposal.ts';
import { follow, subscribe, unfollow, unsubscribe } from './follow.ts';
import type { Kind } from './kind.ts';
import { profile } from './profile.ts';
import { proposal } from './proposal.ts';
import { deleteSpace, settings } from './space.ts';
import { statement } from './statement.ts';
import { updateProposal } from './update-proposal.ts';
import { vote, voteArray, voteString } from './vote.ts';

const kinds: { [kind in SnapshotKind]: Kind<kind> } = {
  settings,
  'delete-space': deleteSpace,
  proposal,
  'update-proposal': updateProposal,
  'flag-proposal': flagProposal,
  'delete-proposal': deleteProposal,
  vote: vote as Kind<'vote'>,
  'vote-array': voteArray as Kind<'vote-array'>,
  'vote-string': voteString as Kind<'vote-string'>,
  follow: follow as Kind<'follow'>,
  unfollow: unfollow as Kind<'unfollow'>,
  subscribe: subscribe as Kind<'subscribe'>,
  unsubscribe: unsubscribe as Kind<'unsubscribe'>,
  profile,
  statement,
  alias,
};

/** The table says of each kind that its rules take its messages, which the type of a union cannot say. */
export const kindOf = (kind: SnapshotKind): Kind<SnapshotKind> => kinds[kind] as unknown as Kind<SnapshotKind>;

export { refuse } from './kind.ts';
export type { CheckContext } from './kind.ts';
export { hiddenIn } from './hidden-text.ts';
export { tooLong } from './limits.ts';
