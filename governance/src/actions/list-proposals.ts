import type { CoveyError } from '@covey/errors';
import { tokenVotingAbi } from '@covey/contracts/abi';
import type { CoveyChain } from '@covey/client';
import { getProposal } from './get-proposal.ts';
import type { Proposal } from './proposal.ts';

export interface ListProposalsParameters {
  /** How many of the newest to leave out. */
  offset?: number;
  /** How many at most; default 20. */
  limit?: number;
}

export interface ListProposalsReturnType {
  /** How many there are in all. */
  total: number;
  /** The newest first. */
  proposals: Proposal[];
}

export type ListProposalsErrorType = CoveyError;

/** Reads proposals from the chain alone, newest first. */
export async function listProposals(
  covey: CoveyChain<'tokenVoting'>,
  parameters: ListProposalsParameters = {},
): Promise<ListProposalsReturnType> {
  const { offset = 0, limit = 20 } = parameters;
  const total = Number(
    await covey.publicClient.readContract({
      address: covey.deployment.tokenVoting,
      abi: tokenVotingAbi,
      functionName: 'proposalCount',
    }),
  );
  const newest = total - offset; // one past the newest id wanted: ids count up from 0
  const count = Math.max(0, Math.min(limit, newest));
  const ids = Array.from({ length: count }, (_, index) => BigInt(newest - 1 - index));
  const proposals = await Promise.all(ids.map((proposalId) => getProposal(covey, { proposalId })));
  return { total, proposals };
}
