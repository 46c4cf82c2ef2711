import { asc, inArray } from 'drizzle-orm';
import type { Address } from 'viem';
import type { HubReader } from '../hub/types.ts';
import { boundProposals, boundVotes, proposals, voteCheckpoints, votes } from '../store/schema.ts';
import type { Reader } from './reader.ts';

export interface Participation {
  voted: number;
  proposals: number;
}

/**
 * On how many of the proposals that they could vote on accounts did vote: those whose voting has begun and at whose
 * snapshot block they had power. A bound Snapshot proposal is one proposal, wherever the vote was cast.
 */
export async function readParticipation(
  reader: Reader,
  hub: HubReader,
  accounts: readonly Address[],
): Promise<(account: Address) => Participation> {
  if (accounts.length === 0) return () => ({ voted: 0, proposals: 0 });
  const { db } = reader;
  const now = reader.now();
  const blockOf = new Map<string, number>();
  const onChain = await db
    .select({ id: proposals.id, start: proposals.startDate, block: proposals.snapshotBlock })
    .from(proposals);
  for (const { id, start, block } of onChain) if (start <= now) blockOf.set(`${id}`, block);
  const bound = await db
    .select({ id: boundProposals.id, start: boundProposals.start, block: boundProposals.snapshotBlock })
    .from(boundProposals);
  for (const { id, start, block } of bound) if (start <= now) blockOf.set(id, block);
  for (const { id, message } of hub.proposals()) if (message.start <= now) blockOf.set(id, message.snapshot);

  const checkpoints = await db
    .select({ account: voteCheckpoints.account, votes: voteCheckpoints.votes, block: voteCheckpoints.blockNumber })
    .from(voteCheckpoints)
    .where(inArray(voteCheckpoints.account, [...accounts]))
    .orderBy(asc(voteCheckpoints.blockNumber), asc(voteCheckpoints.logIndex));
  const cast = await db
    .select({ id: votes.proposalId, voter: votes.voter })
    .from(votes)
    .where(inArray(votes.voter, [...accounts]));
  const brought = await db
    .select({ id: boundVotes.proposalId, voter: boundVotes.voter })
    .from(boundVotes)
    .where(inArray(boundVotes.voter, [...accounts]));
  const signed = new Map<Address, string[]>();
  for (const account of accounts) signed.set(account, await votedOn(hub, account));

  return (account) => {
    const voted = new Set(signed.get(account));
    for (const vote of cast) if (vote.voter === account) voted.add(`${vote.id}`);
    for (const vote of brought) if (vote.voter === account) voted.add(vote.id);
    const own = checkpoints.filter((checkpoint) => checkpoint.account === account);
    const open = [...blockOf].filter(([, block]) => (own.findLast((one) => one.block <= block)?.votes ?? 0n) > 0n);
    return { voted: open.filter(([id]) => voted.has(id)).length, proposals: open.length };
  };
}

async function votedOn(hub: HubReader, account: Address): Promise<string[]> {
  return (await hub.votesOf(account)).map(({ proposal }) => proposal);
}
