import { and, desc, inArray, lte } from 'drizzle-orm';
import type { Address } from 'viem';
import type { Database } from '../store/handle.ts';
import { voteCheckpoints } from '../store/schema.ts';

/** The token's `getPastVotes` of many accounts at one block, from its own checkpoints; without one it is nothing. */
export async function votesAt(
  db: Database,
  accounts: readonly Address[],
  blockNumber: number,
): Promise<(account: Address) => bigint> {
  if (accounts.length === 0) return () => 0n;
  const rows = await db
    .selectDistinctOn([voteCheckpoints.account], { account: voteCheckpoints.account, votes: voteCheckpoints.votes })
    .from(voteCheckpoints)
    .where(and(inArray(voteCheckpoints.account, [...accounts]), lte(voteCheckpoints.blockNumber, blockNumber)))
    .orderBy(voteCheckpoints.account, desc(voteCheckpoints.blockNumber), desc(voteCheckpoints.logIndex));
  const found = new Map(rows.map(({ account, votes }) => [account, votes]));
  return (account) => found.get(account) ?? 0n;
}
