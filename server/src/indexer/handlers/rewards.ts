import { and, eq, sql } from 'drizzle-orm';
import { payouts, rounds } from '../../store/schema.ts';
import { roundKeys } from '../context.ts';
import type { Context, Handlers } from '../context.ts';

interface Claimed {
  taskId: bigint;
  round: number;
  payout: { total: bigint; node: bigint; delegators: bigint; unlocked: bigint; vesting: bigint };
}

async function paid(context: Context, claim: Claimed, node: `0x${string}`, asValidator: boolean): Promise<void> {
  const { taskId, round, payout } = claim;
  await context.db.insert(payouts).values({
    taskId,
    round,
    node,
    asValidator,
    total: payout.total,
    toNode: payout.node,
    delegators: payout.delegators,
    unlocked: payout.unlocked,
    vesting: payout.vesting,
    ...context.source,
  });
  context.touch(...roundKeys(taskId, round), `nodes/${node}`, 'nodes');
}

export const rewardHandlers: Handlers<'rewardDistributor'> = {
  async ClaimsOpened({ taskId, round, rewards: opened }, context) {
    const { opened: _opened, paid: _paid, paidSeats, claimsLeft, ...wei } = opened;
    const amounts = Object.fromEntries(Object.entries(wei).map(([name, amount]) => [name, amount.toString()]));
    await context.db
      .update(rounds)
      .set({
        rewards: {
          ...(amounts as Record<keyof typeof wei, string>),
          paidSeats,
          claims: claimsLeft,
          ...context.source,
        },
      })
      .where(and(eq(rounds.taskId, taskId), eq(rounds.round, round)));
    context.touch(...roundKeys(taskId, round));
  },

  TrainerClaimed: (claim, context) => paid(context, claim, claim.node, false),
  ValidatorClaimed: (claim, context) => paid(context, claim, claim.validator, true),

  async Released({ taskId, round, node, amount }, context) {
    await context.db
      .update(payouts)
      .set({ released: sql`${payouts.released} + ${amount}` })
      .where(
        and(
          eq(payouts.taskId, taskId),
          eq(payouts.round, round),
          eq(payouts.node, node),
          eq(payouts.asValidator, false),
        ),
      );
    context.touch(...roundKeys(taskId, round), `nodes/${node}`);
  },

  async CarriedOver({ taskId, round, amount }, context) {
    await context.db
      .update(rounds)
      .set({ carriedOver: amount })
      .where(and(eq(rounds.taskId, taskId), eq(rounds.round, round)));
    context.touch(...roundKeys(taskId, round));
  },
};
