import { and, eq, isNotNull } from 'drizzle-orm';
import { zeroAddress } from 'viem';
import { challenges, rounds, validators } from '../../store/schema.ts';
import { roundKeys, summaryOf } from '../context.ts';
import type { Handlers } from '../context.ts';
import { changeRound, changeValidator, ofRound } from './round-rows.ts';

export const resultHandlers: Handlers<'results'> = {
  ResultCommitted: ({ seats: _seats, commitment, ...of }, context) =>
    changeValidator(context, of, { resultCommit: { commitment, ...context.source } }),

  async ResultRevealed({ seats: _seats, resultHash, summary, ...of }, context) {
    const described = summaryOf(summary);
    await changeValidator(context, of, { resultHash, resultReveal: { summary: described, ...context.source } });
    context.want(described.documentCid, 'result');
  },

  async ResultAccepted({ resultHash, contested, seats, revealedSeats, challengeEnd, summary, ...id }, context) {
    const described = summaryOf(summary);
    await changeRound(context, id, {
      status: 'accepted',
      acceptedHash: resultHash,
      acceptedBy: 'validators',
      accepted: { summary: described, contested, seats, revealedSeats, ...context.source },
      challengeEnd,
    });
    context.want(described.documentCid, 'result');
  },

  async ResultChallenged({ taskId, round, challenger, resultHash, bond, rulingEnd, summary }, context) {
    const { documentCid } = summaryOf(summary);
    await context.db
      .insert(challenges)
      .values({ taskId, round, challenger, resultHash, resultCid: documentCid, bond, ...context.source });
    await changeRound(context, { taskId, round }, { status: 'challenged', rulingEnd });
    context.want(documentCid, 'result');
  },

  // Results are of one attempt only, the last. Whether that makes the round final or void, the round manager tells next.
  async ResultRuled({ resultHash, winner, summary, ...id }, context) {
    const described = summaryOf(summary);
    const [row] = await context.db.select({ accepted: rounds.accepted }).from(rounds).where(ofRound(rounds, id));
    const revealed = await context.db
      .select({ seats: validators.seats, resultHash: validators.resultHash })
      .from(validators)
      .where(and(ofRound(validators, id), isNotNull(validators.resultHash)));
    const seatsIn = (entries: typeof revealed) => entries.reduce((sum, entry) => sum + (entry.seats ?? 0), 0);
    await changeRound(context, id, {
      ruling: { resultHash, winner: winner === zeroAddress ? null : winner, ...context.source },
      acceptedHash: resultHash,
      acceptedBy: 'ruling',
      accepted: {
        summary: described,
        contested: row?.accepted?.contested ?? false,
        seats: seatsIn(revealed.filter((entry) => entry.resultHash === resultHash)),
        revealedSeats: seatsIn(revealed),
        ...context.source,
      },
    });
    context.want(described.documentCid, 'result');
  },

  async BondReturned({ taskId, round, challenger, amount }, context) {
    await context.db
      .update(challenges)
      .set({ returned: amount })
      .where(and(ofRound(challenges, { taskId, round }), eq(challenges.challenger, challenger)));
    context.touch(...roundKeys(taskId, round));
  },
};
