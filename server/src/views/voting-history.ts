import { desc, eq, inArray } from 'drizzle-orm';
import type { Address } from 'viem';
import type { HubReader } from '../hub/types.ts';
import type { CastVote } from '../schema/index.ts';
import { boundProposals, boundVotes, proposals, votes } from '../store/schema.ts';
import { choiceLabel } from './choice-label.ts';
import { readDocuments } from './documents.ts';
import { originOf, sourceOf } from './reader.ts';
import type { Reader } from './reader.ts';

/** Every vote of an account that counts, on all systems, newest first. */
export async function readVotingHistory(reader: Reader, hub: HubReader, voter: Address): Promise<CastVote[]> {
  const cast = [...(await onTokenVoting(reader, voter)), ...(await onSnapshot(reader, hub, voter))];
  return cast.sort((a, b) => b.at - a.at || (b.source?.blockNumber ?? 0) - (a.source?.blockNumber ?? 0));
}

async function onTokenVoting(reader: Reader, voter: Address): Promise<CastVote[]> {
  const rows = await reader.db
    .select({ vote: votes, metadataCid: proposals.metadataCid })
    .from(votes)
    .innerJoin(proposals, eq(proposals.id, votes.proposalId))
    .where(eq(votes.voter, voter))
    .orderBy(desc(votes.blockNumber), desc(votes.logIndex));
  const metadata = await readDocuments(
    reader,
    'metadata',
    rows.map(({ metadataCid }) => metadataCid),
  );
  return rows.map(({ vote, metadataCid }) => ({
    system: 'tokenVoting',
    proposalId: vote.proposalId.toString(),
    title: metadataCid === null ? null : (metadata(metadataCid).value?.title ?? null),
    choice: vote.option,
    label: vote.option,
    power: vote.votingPower.toString(),
    ...originOf(vote),
    ipfs: null,
  }));
}

/** What an account signed, and where the chain has counted it; what reached the chain past this hub, too. */
async function onSnapshot(reader: Reader, hub: HubReader, voter: Address): Promise<CastVote[]> {
  const signed = await hub.votesOf(voter);
  const brought = await reader.db.select().from(boundVotes).where(eq(boundVotes.voter, voter));
  const onChain = new Map<string, (typeof brought)[number]>(brought.map((row) => [row.proposalId, row]));
  const ids = signed.map(({ proposal }) => proposal);
  const bound = new Set<string>(
    ids.length === 0
      ? []
      : (
          await reader.db.select({ id: boundProposals.id }).from(boundProposals).where(inArray(boundProposals.id, ids))
        ).map(({ id }) => id),
  );
  const named = (id: string) => hub.proposal(id)?.message;
  const label = (id: string, choice: unknown) => {
    const message = named(id);
    return choiceLabel(message?.type ?? '', message?.choices ?? [], choice);
  };
  const history: CastVote[] = [];
  for (const vote of signed) {
    const row = onChain.get(vote.proposal);
    // A later one that only the chain has says what the account wants; an older one is replaced by this.
    if (row !== undefined && row.signedAt > vote.created) continue;
    const same = row !== undefined && row.signedAt === vote.created && row.choice === vote.choice;
    onChain.delete(vote.proposal);
    history.push({
      system: bound.has(vote.proposal) ? 'binding' : 'signal',
      proposalId: vote.proposal,
      title: named(vote.proposal)?.title ?? null,
      choice: vote.choice,
      label: label(vote.proposal, vote.choice),
      power: vote.power.toString(),
      at: vote.created,
      source: same ? sourceOf(row) : null,
      ipfs: vote.ipfs,
    });
  }
  for (const row of onChain.values()) {
    history.push({
      system: 'binding',
      proposalId: row.proposalId,
      title: named(row.proposalId)?.title ?? null,
      choice: row.choice,
      label: label(row.proposalId, row.choice),
      power: row.votingPower.toString(),
      at: row.signedAt,
      source: sourceOf(row),
      ipfs: null,
    });
  }
  return history;
}
