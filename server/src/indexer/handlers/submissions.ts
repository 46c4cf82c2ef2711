import { and, eq } from 'drizzle-orm';
import { serverError } from '../../errors.ts';
import { submissions, trainers } from '../../store/schema.ts';
import { cidText, roundKeys } from '../context.ts';
import type { Handlers } from '../context.ts';
import { ofRound } from './round-rows.ts';

export const submissionHandlers: Handlers<'submissions'> = {
  async SubmissionCommitted({ taskId, round, node, seats, commitment }, context) {
    const id = { taskId, round };
    const [joined] = await context.db
      .select()
      .from(trainers)
      .where(and(ofRound(trainers, id), eq(trainers.address, node)));
    if (joined === undefined) throw serverError('SERVER_INTERNAL', `${node} commits in a round that it did not join`);
    const { ownStake, delegatedStake, commission } = joined;
    await context.db
      .insert(submissions)
      .values({ ...id, node, seats, commitment, ownStake, delegatedStake, commission, ...context.source });
    context.touch(...roundKeys(taskId, round), `nodes/${node}`, 'nodes');
  },

  async SubmissionRevealed({ taskId, round, node, index, cid, parameterRoot }, context) {
    await context.db
      .update(submissions)
      .set({ index, cid: cidText(cid), parameterRoot, reveal: context.source })
      .where(and(ofRound(submissions, { taskId, round }), eq(submissions.node, node)));
    context.touch(...roundKeys(taskId, round), `nodes/${node}`);
  },
};
