import { rankings, taskStates } from '@covey/contracts/abi/enums';
import { decodeEnum } from '@covey/protocol';
import { and, eq, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import { zeroAddress, zeroHash } from 'viem';
import type { Address } from 'viem';
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

/** What a round took goes back to both parts in that proportion, rounded as `BudgetVault` rounds. */
async function giveBack(context: Context, taskId: bigint, round: number, amount: bigint): Promise<void> {
  const [row] = await context.db.select({ taken: tasks.taken }).from(tasks).where(eq(tasks.id, taskId));
  const { units = '0', common = '0' } = row?.taken[round] ?? {};
  const all = BigInt(units) + BigInt(common);
  const toUnits = all === 0n ? 0n : (amount * BigInt(units)) / all;
  await change(context, taskId, {
    value: sql`${tasks.value} + ${toUnits}`,
    common: sql`${tasks.common} + ${amount - toUnits}`,
  });
}

/** Takes what a funder has waiting out of its rows; the sum. */
async function stopWaiting(context: Context, taskId: bigint, funder?: Address): Promise<bigint> {
  const waiting = await context.db
    .update(taskFunding)
    .set({ waits: false })
    .where(
      and(
        eq(taskFunding.taskId, taskId),
        eq(taskFunding.waits, true),
        funder === undefined ? undefined : eq(taskFunding.funder, funder),
      ),
    )
    .returning({ amount: taskFunding.amount });
  return waiting.reduce((sum, { amount }) => sum + amount, 0n);
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
    const waits = units === 0n;
    await context.db.insert(taskFunding).values({ taskId, kind: 'fund', funder, amount, waits, ...context.source });
    await change(context, taskId, {
      funded: sql`${tasks.funded} + ${amount}`,
      ...(waits ? { waiting: sql`${tasks.waiting} + ${amount}` } : { value: sql`${tasks.value} + ${amount}` }),
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

  // Emission of an ended task passes through: `EmissionEarned` has added it just before.
  async RestSwept({ taskId, amount }, context) {
    await change(context, taskId, { common: sql`${tasks.common} - ${amount}` });
    await remember(context, taskId, 'restSwept', amount);
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

  // What the round gave back goes to both parts as taken; what waited buys units, unless no round can follow.
  async RoundSettled({ taskId, round, carried }, context) {
    await giveBack(context, taskId, round, carried);
    const [row] = await context.db.select().from(tasks).where(eq(tasks.id, taskId));
    if (row?.state === 'approved' && row.roundsOpened < row.rounds) {
      const bought = await stopWaiting(context, taskId);
      await change(context, taskId, { value: sql`${tasks.value} + ${bought}`, waiting: 0n });
    }
    await remember(context, taskId, 'roundSettled', carried);
  },

  async BudgetReturned({ taskId, round, amount }, context) {
    await giveBack(context, taskId, round, amount);
    await remember(context, taskId, 'budgetReturned', amount);
  },

  // What still waits of an ended task goes back as it came; the rest of the amount was units' worth.
  async Redeemed({ taskId, funder, amount }, context) {
    await context.db.insert(taskFunding).values({ taskId, kind: 'redeem', funder, amount, ...context.source });
    const back = await stopWaiting(context, taskId, funder);
    await change(context, taskId, {
      value: sql`${tasks.value} - ${amount - back}`,
      waiting: sql`${tasks.waiting} - ${back}`,
    });
  },
};
