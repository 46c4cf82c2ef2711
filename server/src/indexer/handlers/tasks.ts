import { taskStates } from '@covey/contracts/abi/enums';
import { decodeEnum } from '@covey/protocol';
import { eq, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import type { TaskEvent } from '../../schema/task.ts';
import { taskFunding, taskHistory, tasks } from '../../store/schema.ts';
import { cidText } from '../context.ts';
import type { Context, Handlers } from '../context.ts';

type TaskState = Extract<TaskEvent, (typeof tasks.$inferSelect)['state']>;

async function change(context: Context, taskId: bigint, set: PgUpdateSetSource<typeof tasks>) {
  await context.db.update(tasks).set(set).where(eq(tasks.id, taskId));
  context.touch('tasks', `tasks/${taskId}`, 'stats');
}

async function remember(context: Context, taskId: bigint, event: TaskEvent, amount?: bigint): Promise<void> {
  await context.db.insert(taskHistory).values({ taskId, event, amount: amount ?? null, ...context.source });
}

async function enter(context: Context, taskId: bigint, state: TaskState): Promise<void> {
  await change(context, taskId, { state });
  await remember(context, taskId, state);
}

export const taskHandlers: Handlers<'taskManager'> = {
  async TaskProposed({ taskId, creator, document, terms, creationStake }, context) {
    const documentCid = cidText(document);
    await context.db.insert(tasks).values({
      id: taskId,
      creator,
      state: 'proposed',
      documentCid,
      rounds: terms.rounds,
      windows: terms.windows,
      minTrainerStake: terms.minTrainerStake,
      minValidatorStake: terms.minValidatorStake,
      keyCommitments: [...terms.keyCommitments],
      creationStake,
      ...context.source,
    });
    await remember(context, taskId, 'proposed', creationStake);
    context.want(documentCid, 'task');
    context.touch('tasks', `tasks/${taskId}`, 'stats');
  },

  async TaskFunded({ taskId, funder, amount, budget }, context) {
    await context.db.insert(taskFunding).values({ taskId, kind: 'fund', funder, amount, ...context.source });
    await change(context, taskId, { budget, funded: sql`${tasks.funded} + ${amount}` });
  },

  TaskApproved: ({ taskId }, context) => enter(context, taskId, 'approved'),
  TaskRejected: ({ taskId }, context) => enter(context, taskId, 'rejected'),
  TaskStopped: ({ taskId }, context) => enter(context, taskId, 'stopped'),
  async TaskExpired({ taskId, state }, context) {
    await enter(context, taskId, decodeEnum(taskStates, state) === 'rejected' ? 'rejected' : 'stopped');
  },

  async TaskCompleted({ taskId, holdoutKey }, context) {
    await change(context, taskId, { holdoutKey });
    await enter(context, taskId, 'completed');
  },

  async CreationStakeReturned({ taskId, amount }, context) {
    await remember(context, taskId, 'creationStakeReturned', amount);
    context.touch(`tasks/${taskId}`);
  },

  async CreationStakeForfeited({ taskId, amount }, context) {
    await remember(context, taskId, 'creationStakeForfeited', amount);
    context.touch(`tasks/${taskId}`);
  },

  async ForfeitPaid({ taskId, amount }, context) {
    await remember(context, taskId, 'forfeitPaid', amount);
    context.touch(`tasks/${taskId}`);
  },

  MultiplierChanged: ({ taskId, multiplier }, context) => change(context, taskId, { multiplier }),

  async RestSwept({ taskId, amount }, context) {
    await change(context, taskId, { budget: sql`${tasks.budget} - ${amount}` });
    await remember(context, taskId, 'restSwept', amount);
  },

  async BudgetReturned({ taskId, amount, budget }, context) {
    await change(context, taskId, { budget });
    await remember(context, taskId, 'budgetReturned', amount);
  },

  async RoundAllocated({ taskId, pool }, context) {
    await change(context, taskId, {
      budget: sql`${tasks.budget} - ${pool}`,
      roundsOpened: sql`${tasks.roundsOpened} + 1`,
    });
  },

  async Refunded({ taskId, funder, amount }, context) {
    await context.db.insert(taskFunding).values({ taskId, kind: 'refund', funder, amount, ...context.source });
    await change(context, taskId, { budget: sql`${tasks.budget} - ${amount}` });
  },
};
