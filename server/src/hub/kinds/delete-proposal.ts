import type { Hex } from 'viem';
import { isBound } from './binding.ts';
import { refuse } from './kind.ts';
import type { Kind } from './kind.ts';

/** The author takes a proposal back, with all votes on it. */
export const deleteProposal: Kind<'delete-proposal'> = {
  alias: true,

  check({ from, message }, { state, now }) {
    const held = state.proposals.get(message.proposal as Hex);
    if (held === undefined) refuse('unknown proposal');
    if (held.author !== from) refuse('not authorized to archive proposal: only its author is');
    if (isBound(held.message.plugins))
      refuse('not authorized to archive proposal: it is binding, and its votes count on chain whatever a hub shows');
    if (now() > held.message.end)
      refuse('not authorized to archive proposal: its vote has ended, and its result stays');
  },

  apply({ from, message }, state) {
    const held = state.proposals.get(message.proposal as Hex);
    if (held === undefined || held.author !== from || isBound(held.message.plugins)) return;
    state.proposals.delete(held.id);
    state.votes.delete(held.id);
  },
};
