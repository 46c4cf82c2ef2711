import { voidReasons } from '@covey/contracts/abi/enums';
import { decodeEnum, indicesOf, seatsOf } from '@covey/protocol';
import { and, eq, isNotNull, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import { challenges, rounds, submissions, tasks, validators } from '../../store/schema.ts';
import { cidText, roundKeys, summaryOf } from '../context.ts';
import type { Context, Handlers } from '../context.ts';
import { stakeForRound } from '../stake-at.ts';

interface RoundId {
  taskId: bigint;
  round: number;
}

function ofRound({ taskId, round }: RoundId) {
  return and(eq(rounds.taskId, taskId), eq(rounds.round, round));
}

async function change(context: Context, id: RoundId, set: PgUpdateSetSource<typeof rounds>) {
  await context.db.update(rounds).set(set).where(ofRound(id));
  context.touch(...roundKeys(id.taskId, id.round));
}

async function changeValidator(
  context: Context,
  id: RoundId & { validator: `0x${string}` },
  set: Partial<typeof validators.$inferInsert>,
) {
  await context.db
    .update(validators)
    .set(set)
    .where(and(eq(validators.taskId, id.taskId), eq(validators.round, id.round), eq(validators.address, id.validator)));
  context.touch(...roundKeys(id.taskId, id.round), `nodes/${id.validator}`);
}

async function closed(context: Context, taskId: bigint): Promise<void> {
  await context.db
    .update(tasks)
    .set({ roundsClosed: sql`${tasks.roundsClosed} + 1` })
    .where(eq(tasks.id, taskId));
}

export const roundHandlers: Handlers<'roundManager'> = {
  async RoundOpened({ taskId, round, policyVersion, scorer, pool, deadlines }, context) {
    await context.db.insert(rounds).values({
      taskId,
      round,
      status: 'running',
      policyVersion,
      scorer,
      pool,
      deadlines,
      ...context.source,
    });
    context.touch(...roundKeys(taskId, round));
  },

  async ValidatorJoined({ taskId, round, validator, stake, intervalEnd }, context) {
    const snapshot = await stakeForRound(context.db, { taskId, round, node: validator });
    await context.db.insert(validators).values({
      taskId,
      round,
      address: validator,
      ...snapshot,
      effectiveStake: stake,
      intervalEnd,
      ...context.source,
    });
    await change(context, { taskId, round }, { candidateStake: intervalEnd });
    context.touch(`nodes/${validator}`, 'nodes');
  },

  async SubmissionCommitted({ taskId, round, node, commitment }, context) {
    const snapshot = await stakeForRound(context.db, { taskId, round, node });
    await context.db.insert(submissions).values({ taskId, round, node, commitment, ...snapshot, ...context.source });
    context.touch(...roundKeys(taskId, round), `nodes/${node}`, 'nodes');
  },

  DrawScheduled: ({ drawBlock, ...id }, context) => change(context, id, { drawBlock: Number(drawBlock) }),

  async SeatsDrawn({ taskId, round, seed, candidateStake, seats, drawBlock }, context) {
    const id = { taskId, round };
    const candidates = await context.db
      .select({ address: validators.address, stake: validators.effectiveStake, end: validators.intervalEnd })
      .from(validators)
      .where(and(eq(validators.taskId, taskId), eq(validators.round, round)));
    for (const { address, ...interval } of candidates) {
      const drawn = seatsOf(interval, { seed, role: 'validator', candidateStake, seats });
      await changeValidator(context, { ...id, validator: address }, { seats: drawn });
    }
    await change(context, id, {
      drawBlock: Number(drawBlock),
      draw: {
        seed,
        candidateStake: candidateStake.toString(),
        seats,
        ...context.source,
      },
    });
  },

  async SubmissionRevealed({ taskId, round, node, index, cid }, context) {
    await context.db
      .update(submissions)
      .set({ index, cid: cidText(cid), reveal: context.source })
      .where(and(eq(submissions.taskId, taskId), eq(submissions.round, round), eq(submissions.node, node)));
    context.touch(...roundKeys(taskId, round), `nodes/${node}`);
  },

  KeyPublished: ({ taskId, round, key }, context) =>
    change(context, { taskId, round }, { key: { key, ...context.source } }),

  AvailabilityAttested: ({ bitmap, seats, ...id }, context) =>
    changeValidator(context, id, { seats, attestation: { indices: indicesOf(bitmap), ...context.source } }),

  ResultCommitted: ({ commitment, ...id }, context) =>
    changeValidator(context, id, { resultCommit: { commitment, ...context.source } }),

  async ResultRevealed({ resultHash, summary, ...id }, context) {
    const described = summaryOf(summary);
    await changeValidator(context, id, { resultHash, resultReveal: { summary: described, ...context.source } });
    context.want(described.documentCid, 'result');
  },

  async ResultAccepted({ resultHash, seats, revealedSeats, challengeEnd, summary, ...id }, context) {
    const described = summaryOf(summary);
    await change(context, id, {
      status: 'accepted',
      acceptedHash: resultHash,
      acceptedBy: 'validators',
      accepted: { summary: described, seats, revealedSeats, ...context.source },
      challengeEnd,
    });
    context.want(described.documentCid, 'result');
  },

  async ResultChallenged({ taskId, round, challenger, result, bond }, context) {
    const resultCid = cidText(result);
    await context.db.insert(challenges).values({ taskId, round, challenger, resultCid, bond, ...context.source });
    context.want(resultCid, 'result');
    context.touch(...roundKeys(taskId, round));
  },

  RoundDisputed: ({ disputeEnd, ...id }, context) =>
    change(context, id, { status: 'disputed', dispute: { disputeEnd, ...context.source } }),

  async RoundRuled({ resultHash, summary, ...id }, context) {
    const described = summaryOf(summary);
    const revealed = await context.db
      .select({ seats: validators.seats, resultHash: validators.resultHash })
      .from(validators)
      .where(and(eq(validators.taskId, id.taskId), eq(validators.round, id.round), isNotNull(validators.resultHash)));
    const seatsIn = (entries: typeof revealed) => entries.reduce((sum, entry) => sum + (entry.seats ?? 0), 0);
    await change(context, id, {
      ruling: { resultHash, ...context.source },
      acceptedHash: resultHash,
      acceptedBy: 'ruling',
      accepted: {
        summary: described,
        seats: seatsIn(revealed.filter((entry) => entry.resultHash === resultHash)),
        revealedSeats: seatsIn(revealed),
        ...context.source,
      },
    });
    context.want(described.documentCid, 'result');
  },

  async RoundFinalized({ resultHash, ...id }, context) {
    await change(context, id, { status: 'claimable', finalized: { resultHash, ...context.source } });
    await closed(context, id.taskId);
  },

  async RoundVoided({ reason, ...id }, context) {
    await change(context, id, {
      status: 'void',
      voided: { reason: decodeEnum(voidReasons, reason), ...context.source },
    });
    await closed(context, id.taskId);
  },

  async BondReturned({ taskId, round, challenger, amount }, context) {
    await context.db
      .update(challenges)
      .set({ returned: amount })
      .where(and(eq(challenges.taskId, taskId), eq(challenges.round, round), eq(challenges.challenger, challenger)));
    context.touch(...roundKeys(taskId, round));
  },
};
