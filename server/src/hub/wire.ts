import { formatEther } from 'viem';
import type { SnapshotProposal, SnapshotProposalDetail, SnapshotVote } from '../schema/index.ts';
import type { HubProposal, HubReader, HubVote } from './types.ts';

/** Snapshot's API gives votes as numbers with 18 decimals; exact amounts follow from the chain. */
export const toVotes = (wei: bigint): number => Number(formatEther(wei));

/** What the hub knows of a proposal; what binds it, only the chain knows. */
export async function wireProposal(
  hub: HubReader,
  proposal: HubProposal,
): Promise<Omit<SnapshotProposal, 'quorum' | 'binding'>> {
  const { message } = proposal;
  const { scores, total, state } = await hub.scores(proposal);
  return {
    id: proposal.id,
    ipfs: proposal.ipfs,
    author: proposal.author,
    space: message.space,
    type: message.type,
    title: message.title,
    body: message.body,
    discussion: message.discussion,
    choices: message.choices,
    start: message.start,
    end: message.end,
    created: message.timestamp,
    snapshot: message.snapshot,
    state: hub.stateOf(proposal),
    scores: scores.map(toVotes),
    scoresTotal: toVotes(total),
    scoresState: state,
    voteCount: hub.countOf(proposal),
  };
}

export function wireVote(vote: HubVote): SnapshotVote {
  return {
    id: vote.id,
    ipfs: vote.ipfs,
    voter: vote.voter,
    alias: vote.alias ?? null,
    created: vote.created,
    choice: vote.choice,
    vp: toVotes(vote.power),
    power: vote.power.toString(),
    reason: vote.reason,
  };
}

export async function wireProposalDetail(
  hub: HubReader,
  proposal: HubProposal,
): Promise<Omit<SnapshotProposalDetail, 'quorum' | 'binding'>> {
  const summary = await wireProposal(hub, proposal);
  return { ...summary, plugins: proposal.message.plugins, votes: (await hub.votes(proposal)).map(wireVote) };
}
