import { rankings, taskStates } from '@covey/contracts/abi/enums';
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
      ranking: decodeEnum(rankings, terms.ranking),
      admissionRoot: terms.admissionRoot === zeroHash ? null : terms.admissionRoot,
      creationStake,
      ...context.source,
    });
    await remember(context, taskId, 'proposed', creationStake);
    context.want(documentCid, 'task');
    context.touch('tasks', `tasks/${taskId}`, 'stats');
  },

  async OpenerNamed({ taskId, opener }, context) {
    await change(context, taskId, { opener: opener === zeroAddress ? null : opener });
    await remember(context, taskId, 'openerNamed');
  },

  async CreationStakeRaised({ taskId, amount, creationStake }, context) {
    await change(context, taskId, { creationStake });
    await remember(context, taskId, 'creationStakeRaised', amount);
  },

  // Units are bought now, or when the open round closes.
  async TaskFunded({ taskId, funder, amount, units }, context) {
    await context.db.insert(taskFunding).values({ taskId, kind: 'fund', funder, amount, ...context.source });
    const kept = units === 0n ? ('waiting' as const) : ('value' as const);
    await change(context, taskId, {
      funded: sql`${tasks.funded} + ${amount}`,
      [kept]: sql`${tasks[kept]} + ${amount}`,
    });
  },

  async CommonAdded({ taskId, amount, common }, context) {
    await change(context, taskId, { common });
    await remember(context, taskId, 'commonAdded', amount);
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
    await change(context, taskId, { creationStake: 0n });
    await remember(context, taskId, 'creationStakeReturned', amount);
  },

  async CreationStakeForfeited({ taskId, toTreasury, perSeat, seats }, context) {
    await change(context, taskId, { creationStake: 0n });
    await remember(context, taskId, 'creationStakeForfeited', toTreasury + perSeat * seats);
  },

  async ForfeitPaid({ taskId, amount }, context) {
    await remember(context, taskId, 'forfeitPaid', amount);
    context.touch(`tasks/${taskId}`);
  },

  MultiplierChanged: ({ taskId, multiplier }, context) => change(context, taskId, { multiplier }),

  async RestSwept({ taskId, amount }, context) {
    await remember(context, taskId, 'restSwept', amount);
    await changeBudget(context, taskId);
  },

  async RoundAllocated({ taskId, round, funds }, context) {
    const taken = { [round]: { units: funds.units.toString(), common: funds.common.toString() } };
    await change(context, taskId, {
      value: sql`${tasks.value} - ${funds.units}`,
      common: sql`${tasks.common} - ${funds.common}`,
      taken: sql`${tasks.taken} || ${JSON.stringify(taken)}::jsonb`,
      roundsOpened: sql`${tasks.roundsOpened} + 1`,
    });
  },

  // What the round gave back goes to both parts as taken; what waited buys units, unless it was the last.
  async RoundSettled({ taskId, round, carried }, context) {
    await giveBack(context, taskId, round, carried);
    await change(context, taskId, {
      value: sql`case when ${tasks.roundsOpened} < ${tasks.rounds} then ${tasks.value} + ${tasks.waiting} else ${tasks.value} end`,
      waiting: sql`case when ${tasks.roundsOpened} < ${tasks.rounds} then 0 else ${tasks.waiting} end`,
    });
    await remember(context, taskId, 'roundSettled', carried);
  },

  async BudgetReturned({ taskId, round, amount }, context) {
    await giveBack(context, taskId, round, amount);
    await remember(context, taskId, 'budgetReturned', amount);
  },

  async Redeemed({ taskId, funder, amount }, context) {
    await context.db.insert(taskFunding).values({ taskId, kind: 'redeem', funder, amount, ...context.source });
    await changeBudget(context, taskId);
  },
};
