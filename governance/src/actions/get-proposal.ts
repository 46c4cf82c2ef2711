import type { CoveyError } from '@covey/errors';
import { tokenVotingAbi } from '@covey/contracts/abi';
import type { CoveyChain } from '@covey/client';
import { decodeEnum } from '@covey/protocol';
import { governanceError } from '../errors.ts';
import { votingModes } from '../voting-settings.ts';
import { canExecute } from './can-execute.ts';
import { decodeMetadata } from './proposal.ts';
import type { Proposal, ProposalState } from './proposal.ts';

export interface GetProposalParameters {
  proposalId: bigint;
}

export type GetProposalReturnType = Proposal;
export type GetProposalErrorType = CoveyError;

/** Reads a proposal from the chain alone. */
export async function getProposal(
  covey: CoveyChain<'tokenVoting'>,
  parameters: GetProposalParameters,
): Promise<GetProposalReturnType> {
  const { proposalId } = parameters;
  const [stored, executable, now] = await Promise.all([
    covey.publicClient.readContract({
      address: covey.deployment.tokenVoting,
      abi: tokenVotingAbi,
      functionName: 'getProposal',
      args: [proposalId],
    }),
    canExecute(covey, parameters),
    covey.publicClient.getBlock(),
  ]);
  const [open, executed, terms, tally, actions, allowFailureMap] = stored;
  if (terms.snapshotBlock === 0n) {
    throw governanceError('GOV_UNKNOWN_PROPOSAL', `There is no proposal ${proposalId}.`, { got: proposalId });
  }
  return {
    id: proposalId,
    ...(await authorship(covey, proposalId, terms.snapshotBlock + 1n)),
    state: stateOf({ open, executed, executable, started: now.timestamp >= terms.startDate }),
    canExecute: executable,
    startDate: terms.startDate,
    endDate: terms.endDate,
    snapshotBlock: terms.snapshotBlock,
    mode: decodeEnum(votingModes, terms.votingMode),
    supportThreshold: terms.supportThreshold,
    minVotingPower: terms.minVotingPower,
    tally,
    actions: [...actions],
    allowFailureMap,
  };
}

function stateOf(p: { open: boolean; executed: boolean; executable: boolean; started: boolean }): ProposalState {
  if (p.executed) return 'executed';
  if (!p.started) return 'pending';
  if (p.open) return 'active';
  return p.executable ? 'succeeded' : 'defeated';
}

/** Author and metadata are only in the event; TokenVoting's snapshot is the block before it, so that block is known. */
async function authorship(
  covey: CoveyChain<'tokenVoting'>,
  proposalId: bigint,
  block: bigint,
): Promise<Pick<Proposal, 'creator' | 'metadata'>> {
  const [event] = await covey.events({
    address: covey.deployment.tokenVoting,
    abi: tokenVotingAbi,
    eventName: 'ProposalCreated',
    args: { proposalId },
    fromBlock: block,
    toBlock: block,
  });
  if (!event) {
    throw governanceError('GOV_EVENT_MISSING', `The node has no ProposalCreated of proposal ${proposalId}.`, {
      got: `block ${block}`,
      hint: 'Ask a node that keeps old logs.',
    });
  }
  return { creator: event.args.creator, metadata: decodeMetadata(event.args.metadata) };
}
