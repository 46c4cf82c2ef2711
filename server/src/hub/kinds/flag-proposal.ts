import type { Hex } from 'viem';
import { refuse } from './kind.ts';
import type { Kind } from './kind.ts';

/** A moderator marks a proposal, so that pages can hide it. It is counted as before. */
export const flagProposal: Kind<'flag-proposal'> = {
  alias: false,

  check({ from, message }, { state, moderators }) {
    const held = state.proposals.get(message.proposal as Hex);
    if (held === undefined) refuse('unknown proposal');
    if (held.flagged) refuse('proposal already flagged');
    if (!moderators.includes(from)) refuse('not authorized to flag proposal: only the moderators of this hub are');
  },

  // Who moderates is the hub's own affair, so it is not asked again: a flag changes no number.
  apply({ message }, state) {
    const held = state.proposals.get(message.proposal as Hex);
    if (held !== undefined) state.proposals.set(held.id, { ...held, flagged: true });
  },
};
