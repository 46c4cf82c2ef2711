import { and, eq, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import { challenges, rounds, submissions, tasks, validators } from '../../store/schema.ts';
import { cidText, roundKeys, summaryOf } from '../context.ts';
import type { Context, Handlers } from '../context.ts';

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

  async ValidatorJoined({ taskId, round, validator, stake }, context) {
    await context.db.insert(validators).values({
      taskId,
      round,
      address: validator,
      ownStake: stake.own,
      delegatedStake: stake.delegated,
      commission: stake.commission,
      ...context.source,
    });
    await change(context, { taskId, round }, { selectedStake: sql`${rounds.selectedStake} + ${stake.own}` });
    context.touch(`nodes/${validator}`, 'nodes');
  },

  async SubmissionCommitted({ taskId, round, node, index, commitment, stake }, context) {
    await context.db.insert(submissions).values({
      taskId,
      round,
      index,
      node,
      commitment,
      ownStake: stake.own,
      delegatedStake: stake.delegated,
      commission: stake.commission,
      ...context.source,
    });
    context.touch(...roundKeys(taskId, round), `nodes/${node}`, 'nodes');
  },

  async SubmissionRevealed({ taskId, round, node, index, cid }, context) {
    await context.db
      .update(submissions)
      .set({ cid: cidText(cid), reveal: context.source })
      .where(and(eq(submissions.taskId, taskId), eq(submissions.round, round), eq(submissions.index, index)));
    context.touch(...roundKeys(taskId, round), `nodes/${node}`);
  },

  KeyPublished: ({ taskId, round, key }, context) =>
    change(context, { taskId, round }, { key: { key, ...context.source } }),

  AvailabilityAttested: ({ bitmap, ...id }, context) =>
    changeValidator(context, id, { attestation: { bitmap: bitmap.toString(), ...context.source } }),

  AvailabilityCounted: ({ bitmap, attestingStake, selectedStake, ...id }, context) =>
    change(context, id, {
      selectedStake,
      availability: {
        bitmap: bitmap.toString(),
        attestingStake: attestingStake.toString(),
        selectedStake: selectedStake.toString(),
        ...context.source,
      },
    }),

  ResultCommitted: ({ commitment, ...id }, context) =>
    changeValidator(context, id, { resultCommit: { commitment, ...context.source } }),

  async ResultRevealed({ resultHash, summary, ...id }, context) {
    const described = summaryOf(summary);
    await changeValidator(context, id, { resultHash, resultReveal: { summary: described, ...context.source } });
    const [entry] = await context.db
      .select({ own: validators.ownStake })
      .from(validators)
      .where(
        and(eq(validators.taskId, id.taskId), eq(validators.round, id.round), eq(validators.address, id.validator)),
      );
    await change(context, id, { revealedStake: sql`${rounds.revealedStake} + ${entry?.own ?? 0n}` });
    context.want(described.documentCid, 'result');
  },

  async ResultAccepted({ resultHash, stake, revealedStake, challengeEnd, summary, ...id }, context) {
    const described = summaryOf(summary);
    await change(context, id, {
      status: 'accepted',
      acceptedHash: resultHash,
      acceptedBy: 'validators',
      accepted: {
        summary: described,
        stake: stake.toString(),
        revealedStake: revealedStake.toString(),
        ...context.source,
      },
      revealedStake,
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

  async RoundRuled({ resultHash, ...id }, context) {
    const summary = context.asked.ruledSummary === undefined ? null : summaryOf(context.asked.ruledSummary);
    const [tally] = await context.db
      .select({ stake: sql<string>`coalesce(sum(${validators.ownStake}), 0)::text` })
      .from(validators)
      .where(
        and(eq(validators.taskId, id.taskId), eq(validators.round, id.round), eq(validators.resultHash, resultHash)),
      );
    const [row] = await context.db.select({ revealed: rounds.revealedStake }).from(rounds).where(ofRound(id));
    await change(context, id, {
      ruling: { resultHash, ...context.source },
      acceptedHash: resultHash,
      acceptedBy: 'ruling',
      accepted: {
        summary,
        stake: tally?.stake ?? '0',
        revealedStake: (row?.revealed ?? 0n).toString(),
        ...context.source,
      },
    });
    if (summary !== null) context.want(summary.documentCid, 'result');
  },

  async RoundFinalized({ resultHash, model, ...id }, context) {
    await change(context, id, {
      status: 'claimable',
      finalized: { resultHash, modelCid: cidText(model), ...context.source },
    });
    await closed(context, id.taskId);
  },

  async RoundVoided({ reason, ...id }, context) {
    await change(context, id, { status: 'void', voided: { reason, ...context.source } });
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
