import { checkBinding, isBound } from './binding.ts';
import { misfit, text } from './formats.ts';
import { refuse } from './kind.ts';
import type { Kind } from './kind.ts';
import { checkProposalTexts, isProposalType } from './proposal-text.ts';

const MAX_OPEN_PROPOSALS = 10;
/** Seconds by which the start may be past when the proposal arrives: clocks differ, and signing takes a while. */
const START_SKEW = 300;
/** The latest time that Snapshot's schema knows: in 2033. */
const MAX_TIME = 2_000_000_000;

export const proposal: Kind<'proposal'> = {
  alias: true,

  async check({ from, message }, context) {
    const now = context.now();
    const head = context.head();
    checkProposalTexts(message);
    const app = misfit(message.app, text(24));
    if (app !== undefined) refuse(`wrong proposal format: app has to be ${app}`);
    const { start, end, snapshot } = message;
    if (end > MAX_TIME) refuse(`wrong proposal format: the end is later than ${MAX_TIME}`);
    if (end <= start) refuse('wrong proposal format: the end must be after the start');
    if (end <= now) refuse('proposal end date must be in the future');
    if (start < now - START_SKEW)
      refuse(
        `invalid start date: it is ${now - start} seconds ago; votes could be meant for what nobody could read yet`,
      );
    if (snapshot < 1 || snapshot > head)
      refuse(`proposal snapshot must be in past: it must be a mined block, 1 to ${head}, and is ${snapshot}`);
    let open = 0;
    for (const one of context.state.proposals.values()) if (one.author === from && one.message.end >= now) open += 1;
    if (open >= MAX_OPEN_PROPOSALS)
      refuse(`active proposal limit reached for author: at most ${MAX_OPEN_PROPOSALS} that are not closed`);
    if (isBound(message.plugins)) await checkBinding(message, context);
    // The newest block is not past yet, and only what is past cannot change any more.
    if ((await context.power(from, Math.min(snapshot, head - 1))) === 0n)
      refuse('validation failed: the author has no voting power at the snapshot block');
  },

  apply({ id, ipfs, from, message }, state) {
    const { type } = message;
    if (isProposalType(type))
      state.proposals.set(id, { id, ipfs, author: from, message: { ...message, type }, flagged: false });
  },
};
