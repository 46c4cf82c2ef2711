import { roles } from '@covey/contracts/abi/enums';
import { decodeEnum } from '@covey/protocol';
import { and, eq, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import { zeroAddress, type Address } from 'viem';
import { serverError } from '../../errors.ts';
import { secondsOf } from '../../store/columns.ts';
import { allocations, commissions, nodes, positions, stakeCheckpoints, stakeHistory } from '../../store/schema.ts';
import type { Context, Handlers } from '../context.ts';

type StakeEvent = (typeof stakeHistory.$inferInsert)['event'];

async function changeNode(context: Context, node: Address, set: PgUpdateSetSource<typeof nodes>): Promise<void> {
  await context.db
    .insert(nodes)
    .values({ address: node, ...context.source })
    .onConflictDoNothing();
  await context.db.update(nodes).set(set).where(eq(nodes.address, node));
  context.touch('nodes', `nodes/${node}`, 'stats');
}

async function changePosition(
  context: Context,
  node: Address,
  owner: Address,
  set: PgUpdateSetSource<typeof positions>,
): Promise<void> {
  await context.db
    .insert(positions)
    .values({ node, owner, ...context.source })
    .onConflictDoNothing();
  await context.db
    .update(positions)
    .set(set)
    .where(and(eq(positions.node, node), eq(positions.owner, owner)));
  context.touch(`accounts/${owner}`);
}

async function remember(
  context: Context,
  event: StakeEvent,
  { node, owner = null, amount = null }: { node: Address; owner?: Address | null; amount?: bigint | null },
): Promise<void> {
  await context.db.insert(stakeHistory).values({ node, owner, event, amount, ...context.source });
}

async function changeAllocation(
  context: Context,
  { node, taskId }: { node: Address; taskId: bigint },
  set: PgUpdateSetSource<typeof allocations>,
): Promise<void> {
  await context.db
    .update(allocations)
    .set(set)
    .where(and(eq(allocations.node, node), eq(allocations.taskId, taskId)));
  context.touch('nodes', `nodes/${node}`);
}

export const stakeHandlers: Handlers<'stakeManager'> = {
  async Allocated({ node, taskId, role, ratio }, context) {
    const named = decodeEnum(roles, role);
    if (named === 'none') throw serverError('SERVER_INTERNAL', `${node} allocates in no role`);
    const allocated = { role: named, ratio };
    await context.db
      .insert(allocations)
      .values({ node, taskId, ...allocated, ...context.source })
      .onConflictDoUpdate({ target: [allocations.node, allocations.taskId], set: { ...allocated, ...context.source } });
    context.touch('nodes', `nodes/${node}`);
  },

  // The largest that a reader holds, until the last of them has let go.
  StakeBound: ({ ratio, readers, ...at }, context) =>
    changeAllocation(context, at, { bound: sql`greatest(${allocations.bound}, ${ratio})`, readers }),

  StakeUnbound: ({ readers, ...at }, context) =>
    changeAllocation(context, at, { readers, ...(readers === 0 && { bound: 0n }) }),

  OperatorChanged: ({ node, operator }, context) =>
    changeNode(context, node, { operator: operator === zeroAddress ? null : operator }),

  async Staked({ node, owner, amount, shares }, context) {
    await changeNode(context, node, {
      poolTokens: sql`${nodes.poolTokens} + ${amount}`,
      poolShares: sql`${nodes.poolShares} + ${shares}`,
    });
    await changePosition(context, node, owner, { shares: sql`${positions.shares} + ${shares}` });
    await remember(context, 'staked', { node, owner, amount });
  },

  async UnstakeRequested({ node, owner, amount, shares, availableAt }, context) {
    await changePosition(context, node, owner, {
      shares: sql`${positions.shares} - ${shares}`,
      unstakingShares: sql`${positions.unstakingShares} + ${shares}`,
      availableAt: secondsOf(BigInt(availableAt)),
    });
    context.touch('nodes', `nodes/${node}`, 'stats');
    await remember(context, 'unstakeRequested', { node, owner, amount });
  },

  async Unstaked({ node, owner, amount }, context) {
    const [position] = await context.db
      .select({ shares: positions.unstakingShares })
      .from(positions)
      .where(and(eq(positions.node, node), eq(positions.owner, owner)));
    await changeNode(context, node, {
      poolTokens: sql`${nodes.poolTokens} - ${amount}`,
      poolShares: sql`${nodes.poolShares} - ${position?.shares ?? 0n}`,
    });
    await changePosition(context, node, owner, { unstakingShares: 0n, availableAt: null });
    await remember(context, 'unstaked', { node, owner, amount });
  },

  async StakeChanged({ node, own, delegated, commission }, context) {
    await context.db.insert(stakeCheckpoints).values({ node, own, delegated, ...context.source });
    await changeNode(context, node, { own, delegated, commission });
  },

  async CommissionAnnounced({ node, commission, effectiveAt }, context) {
    const at = secondsOf(BigInt(effectiveAt));
    await context.db.insert(commissions).values({ node, commission, effectiveAt: at, ...context.source });
    await changeNode(
      context,
      node,
      at <= context.source.at
        ? { commission, nextCommission: null, nextCommissionAt: null }
        : { nextCommission: commission, nextCommissionAt: at },
    );
    await remember(context, 'commissionAnnounced', { node, amount: commission });
  },

  async Frozen({ node, openCases }, context) {
    await changeNode(context, node, { openCases: Number(openCases) });
    await remember(context, 'frozen', { node });
  },

  async Unfrozen({ node, openCases }, context) {
    await changeNode(context, node, { openCases: Number(openCases) });
    await remember(context, 'unfrozen', { node });
  },

  async Slashed({ node, amount, tokensLeft }, context) {
    await changeNode(context, node, { poolTokens: tokensLeft, slashed: sql`${nodes.slashed} + ${amount}` });
    await remember(context, 'slashed', { node, amount });
  },

  async SlashCollected({ node, owner, amount }, context) {
    context.touch('nodes', `nodes/${node}`, 'stats');
    await remember(context, 'slashCollected', { node, owner, amount });
    context.touch(`accounts/${owner}`);
  },

  async RewardAdded({ node, amount, rewardRate, rewardEnd }, context) {
    await changeNode(context, node, {
      delegatorRewards: sql`${nodes.delegatorRewards} + ${amount}`,
      rewardRate,
      rewardEnd: secondsOf(BigInt(rewardEnd)),
    });
    await remember(context, 'rewardAdded', { node, amount });
  },

  async RewardClaimed({ node, owner, amount }, context) {
    await changeNode(context, node, { delegatorClaims: sql`${nodes.delegatorClaims} + ${amount}` });
    await changePosition(context, node, owner, { claimed: sql`${positions.claimed} + ${amount}` });
    await remember(context, 'rewardClaimed', { node, owner, amount });
  },
};
