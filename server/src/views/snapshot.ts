import { eq } from 'drizzle-orm';
import * as dagJson from '@ipld/dag-json';
import type { HubProposal, HubReader, HubVote } from '../hub/types.ts';
import { toVotes, wireProposal, wireProposalDetail } from '../hub/wire.ts';
import type { PageQuery, SnapshotEnvelopePage, SnapshotProposalDetail } from '../schema/index.ts';
import { boundVotes } from '../store/schema.ts';
import { readBinding, readBound, readInstalled, summariseBinding } from './binding.ts';
import { missing, offsetOf, pageOf } from './reader.ts';
import type { Reader } from './reader.ts';

export async function listSnapshotProposals(reader: Reader, hub: HubReader, query: PageQuery) {
  const all = hub.proposals();
  const from = offsetOf(query);
  const shown = all.slice(from, from + query.limit);
  const bound = await readBound(
    reader,
    shown.map(({ id }) => id),
  );
  const installed = await readInstalled(reader);
  const items = await Promise.all(
    shown.map(async (proposal) => {
      const registered = bound.get(proposal.id);
      return {
        ...(await wireProposal(hub, proposal)),
        quorum: registered === undefined ? null : toVotes(registered.row.minPower),
        binding: summariseBinding(reader, proposal, { bound: registered, installed }),
      };
    }),
  );
  return pageOf(items, all.length, query);
}

export async function readSnapshotProposal(
  reader: Reader,
  hub: HubReader,
  id: string,
): Promise<SnapshotProposalDetail> {
  const proposal = found(hub, id);
  const binding = await readBinding(reader, proposal);
  const minPower = binding?.minPower ?? null;
  return {
    ...(await wireProposalDetail(hub, proposal)),
    quorum: minPower === null ? null : toVotes(BigInt(minPower)),
    binding,
  };
}

/** Signed votes as they were posted; `pending`: those that the chain does not count as they stand, and could. */
export async function listEnvelopes(
  reader: Reader,
  hub: HubReader,
  {
    id,
    pending,
    block,
    ...query
  }: PageQuery & { id: string; pending: boolean; block(cid: string): Promise<Uint8Array> },
): Promise<SnapshotEnvelopePage> {
  let votes = await hub.votes(found(hub, id));
  if (pending) votes = await onlyPending(reader, id, votes);
  const from = offsetOf(query);
  const items = await Promise.all(
    votes.slice(from, from + query.limit).map(async (vote) => {
      const { address, sig, data } = dagJson.decode<Omit<SnapshotEnvelopePage['items'][number], 'id'>>(
        await block(vote.ipfs),
      );
      return { id: vote.id, address, sig, data };
    }),
  );
  return pageOf(items, votes.length, query);
}

async function onlyPending(reader: Reader, id: string, votes: HubVote[]): Promise<HubVote[]> {
  const voters = votes.map(({ voter }) => voter);
  if (voters.length === 0) return [];
  const rows = await reader.db
    .select()
    .from(boundVotes)
    .where(eq(boundVotes.proposalId, id as `0x${string}`));
  const counted = new Map(rows.map((row) => [row.voter, row]));
  return votes.filter(({ voter, alias, created, choice }) => {
    if (alias !== undefined) return false;
    const row = counted.get(voter);
    if (row === undefined) return true;
    // In the same second the larger digest counts, and the chain has decided that already.
    return row.signedAt < created || (row.signedAt === created && row.choice !== choice);
  });
}

function found(hub: HubReader, id: string): HubProposal {
  const proposal = hub.proposal(id);
  if (proposal === undefined) throw missing(`snapshot proposal ${id}`);
  return proposal;
}
