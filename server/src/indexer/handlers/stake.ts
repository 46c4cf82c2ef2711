import { eq, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import { secondsOf } from '../../store/columns.ts';
import { nodes, stakeHistory } from '../../store/schema.ts';
import type { Context, Handlers } from '../context.ts';

type StakeEvent = (typeof stakeHistory.$inferInsert)['event'];

async function change(
  context: Context,
  node: `0x${string}`,
  event: StakeEvent,
  amount: bigint | null,
  set: PgUpdateSetSource<typeof nodes>,
): Promise<void> {
  await context.db
    .insert(nodes)
    .values({ address: node, ...context.source })
    .onConflictDoNothing();
  await context.db.update(nodes).set(set).where(eq(nodes.address, node));
  await context.db.insert(stakeHistory).values({ node, event, amount, ...context.source });
  context.touch('nodes', `nodes/${node}`, 'stats');
}

export const stakeHandlers: Handlers<'stakeManager'> = {
  Staked: ({ node, amount }, context) =>
    change(context, node, 'staked', amount, { staked: sql`${nodes.staked} + ${amount}` }),

  UnstakeRequested: ({ node, amount, availableAt }, context) =>
    change(context, node, 'unstakeRequested', amount, {
      staked: sql`${nodes.staked} - ${amount}`,
      unstaking: sql`${nodes.unstaking} + ${amount}`,
      unstakingAvailableAt: secondsOf(availableAt),
    }),

  Unstaked: ({ node, amount }, context) =>
    change(context, node, 'unstaked', amount, {
      unstaking: sql`${nodes.unstaking} - ${amount}`,
      unstakingAvailableAt: null,
    }),

  Frozen: ({ node, openCases }, context) => change(context, node, 'frozen', null, { openCases: Number(openCases) }),
  Unfrozen: ({ node, openCases }, context) => change(context, node, 'unfrozen', null, { openCases: Number(openCases) }),

  // The contract takes active stake first, then what waits for its cooldown.
  Slashed: ({ node, amount }, context) =>
    change(context, node, 'slashed', amount, {
      staked: sql`greatest(${nodes.staked} - ${amount}, 0)`,
      unstaking: sql`${nodes.unstaking} - greatest(${amount} - ${nodes.staked}, 0)`,
      slashed: sql`${nodes.slashed} + ${amount}`,
    }),
};
