import { voteOptions, votingModes } from '@covey/governance';
import { decodeEnum } from '@covey/protocol';
import { eq } from 'drizzle-orm';
import { hexToString } from 'viem';
import type { Hex } from 'viem';
import { serverError } from '../../errors.ts';
import { secondsOf } from '../../store/columns.ts';
import { policyChanges, policyVersions, proposals, scorerChanges, votes, votingSettings } from '../../store/schema.ts';
import type { Handlers } from '../context.ts';

/** The CID in `ipfs://<cid>`; null for any other metadata. */
export function metadataCid(uri: string): string | null {
  return /^ipfs:\/\/([A-Za-z0-9]{8,128})$/.exec(uri)?.[1] ?? null;
}

function text(metadata: Hex): string {
  // A zero byte is legal UTF-8 and illegal in PostgreSQL's text.
  return hexToString(metadata).replaceAll('\u0000', '\ufffd');
}

export const tokenVotingHandlers: Handlers<'tokenVoting'> = {
  async VotingSettingsUpdated({ minDuration }, context) {
    await context.db.insert(votingSettings).values({ minDuration: secondsOf(minDuration), ...context.source });
    // From when a binding vote can be executed depends on it.
    context.touch('snapshot/proposals');
  },

  async ProposalCreated({ proposalId, creator, startDate, endDate, metadata, actions }, context) {
    const { proposal } = context.asked;
    if (proposal === undefined)
      throw serverError('SERVER_INTERNAL', `the terms of proposal ${proposalId} were not read`);
    const metadataUri = text(metadata);
    const cid = metadataCid(metadataUri);
    await context.db.insert(proposals).values({
      id: proposalId,
      creator,
      startDate: secondsOf(startDate),
      endDate: secondsOf(endDate),
      metadataUri,
      metadataCid: cid,
      actions: actions.map(({ to, value, data }) => ({ to, value: value.toString(), data })),
      votingMode: decodeEnum(votingModes, proposal.votingMode),
      supportThreshold: proposal.supportThreshold,
      snapshotBlock: Number(proposal.snapshotBlock),
      minVotingPower: proposal.minVotingPower,
      totalVotingPower: proposal.totalVotingPower,
      ...context.source,
    });
    if (cid !== null) context.want(cid, 'metadata');
    context.touch('proposals', `proposals/${proposalId}`, 'tasks', 'stats');
  },

  async VoteCast({ proposalId, voter, voteOption, votingPower }, context) {
    const option = voteOptions[voteOption];
    if (option === undefined || option === 'none') return;
    const vote = { option, votingPower, ...context.source };
    await context.db
      .insert(votes)
      .values({ proposalId, voter, ...vote })
      .onConflictDoUpdate({ target: [votes.proposalId, votes.voter], set: vote });
    context.touch('proposals', `proposals/${proposalId}`);
  },

  async ProposalExecuted({ proposalId }, context) {
    await context.db.update(proposals).set({ executed: context.source }).where(eq(proposals.id, proposalId));
    context.touch('proposals', `proposals/${proposalId}`, 'stats');
  },
};

export const policyHandlers: Handlers<'policy'> = {
  async VersionAnnounced({ version, effectiveAt }, context) {
    await context.db
      .insert(policyVersions)
      .values({ version, effectiveAt: secondsOf(BigInt(effectiveAt)), ...context.source });
    context.touch('policy');
  },

  async PolicyChanged({ version, param, oldValue, newValue }, context) {
    await context.db.insert(policyChanges).values({ version, param, oldValue, newValue, ...context.source });
    context.touch('policy');
  },

  async ScorerChanged({ version, oldScorer, newScorer }, context) {
    await context.db.insert(scorerChanges).values({ version, oldScorer, newScorer, ...context.source });
    context.touch('policy');
  },
};
