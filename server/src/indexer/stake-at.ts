import { allocatedStake } from '@covey/protocol';
import { and, desc, eq, lt } from 'drizzle-orm';
import type { Address } from 'viem';
import { commissions, rounds, stakeCheckpoints } from '../store/schema.ts';
import type { Database } from '../store/handle.ts';

export interface StakeAt {
  ownStake: bigint;
  delegatedStake: bigint;
  commission: bigint;
}

/**
 * What a round counts of a node's stake: this part of it, as it was at the end of the second before the round opened;
 * own and delegated each rounded down, as `StakeAllocations.bind` does.
 */
export async function stakeForRound(
  db: Database,
  { taskId, round, node, ratio }: { taskId: bigint; round: number; node: Address; ratio: bigint },
): Promise<StakeAt> {
  const [opened] = await db
    .select({ at: rounds.at })
    .from(rounds)
    .where(and(eq(rounds.taskId, taskId), eq(rounds.round, round)));
  const openedAt = opened?.at ?? 0;
  const [stake] = await db
    .select()
    .from(stakeCheckpoints)
    .where(and(eq(stakeCheckpoints.node, node), lt(stakeCheckpoints.at, openedAt)))
    .orderBy(desc(stakeCheckpoints.blockNumber), desc(stakeCheckpoints.logIndex))
    .limit(1);
  const [announced] = await db
    .select()
    .from(commissions)
    .where(and(eq(commissions.node, node), lt(commissions.effectiveAt, openedAt)))
    .orderBy(desc(commissions.effectiveAt))
    .limit(1);
  const part = (amount = 0n) => allocatedStake(amount, ratio);
  return {
    ownStake: part(stake?.own),
    delegatedStake: part(stake?.delegated),
    commission: announced?.commission ?? 0n,
  };
}
