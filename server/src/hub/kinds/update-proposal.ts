import type { Hex } from 'viem';
import { isBound } from './binding.ts';
import { refuse } from './kind.ts';
import type { Kind } from './kind.ts';
import { checkProposalTexts, isProposalType } from './proposal-text.ts';

/** Changes what a proposal says, before anybody could vote on it. Its id stays that of the first message. */
export const updateProposal: Kind<'update-proposal'> = {
  alias: false,

  check({ from, message }, { state, now }) {
    const held = state.proposals.get(message.proposal as Hex);
    if (held === undefined) refuse('unknown proposal');
    if (held.author !== from) refuse('Not the author: only who made a proposal can update it');
    if (isBound(held.message.plugins))
      refuse('proposal is binding: its text and actions are committed to on chain, and an update would change nothing');
    if (isBound(message.plugins)) refuse('invalid plugins: a proposal can be made binding only when it is made');
    const { start } = held.message;
    if (Math.max(now(), message.timestamp) >= start)
      refuse('voting has started: a proposal can be updated only before its start');
    if (held.updated !== undefined && held.updated.at >= message.timestamp) refuse('already updated at later time');
    checkProposalTexts(message);
  },

  apply({ from, ipfs, message }, state) {
    const held = state.proposals.get(message.proposal as Hex);
    if (held === undefined || held.author !== from || message.timestamp >= held.message.start) return;
    if (isBound(held.message.plugins) || isBound(message.plugins)) return;
    if (held.updated !== undefined && held.updated.at >= message.timestamp) return;
    const { type, title, body, discussion, choices, labels, plugins, privacy } = message;
    if (!isProposalType(type)) return;
    state.proposals.set(held.id, {
      ...held,
      message: { ...held.message, type, title, body, discussion, choices, labels, plugins, privacy },
      updated: { ipfs, at: message.timestamp },
    });
  },
};
