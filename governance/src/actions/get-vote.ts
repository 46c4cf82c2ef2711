import type { CoveyError } from '@covey/errors';
import { tokenVotingAbi } from '@covey/contracts/abi';
import type { CoveyChain } from '@covey/client';
import { decodeEnum } from '@covey/protocol';
import type { Address } from 'viem';
import { governanceError } from '../errors.ts';
import { votingPower } from '../snapshot/voting-power.ts';
import { voteOptions } from './proposal.ts';
import type { VoteOption } from './proposal.ts';

export interface GetVoteParameters {
  proposalId: bigint;
  voter: Address;
}

export interface GetVoteReturnType {
  /** Wei of votes at the proposal's snapshot block, from the token. */
  power: bigint;
  /** What the account voted; undefined as long as it has not. */
  option: VoteOption | undefined;
  /** Whether a vote of the account would be taken now: its first, or another than its last where votes may be changed. */
  canVote: boolean;
}

export type GetVoteErrorType = CoveyError;

/** What an account has voted on a proposal and could vote. */
export async function getVote(
  covey: CoveyChain<'tokenVoting' | 'token'>,
  { proposalId, voter }: GetVoteParameters,
): Promise<GetVoteReturnType> {
  const { publicClient, deployment } = covey;
  const voting = { address: deployment.tokenVoting, abi: tokenVotingAbi } as const;
  const may = (option: VoteOption) =>
    publicClient.readContract({
      ...voting,
      functionName: 'canVote',
      args: [proposalId, voter, voteOptions.indexOf(option)],
    });
  const [[, , terms], number, yes, no] = await Promise.all([
    publicClient.readContract({ ...voting, functionName: 'getProposal', args: [proposalId] }),
    publicClient.readContract({ ...voting, functionName: 'getVoteOption', args: [proposalId, voter] }),
    // Where votes may be replaced, only another option can be voted.
    may('yes'),
    may('no'),
  ]);
  if (terms.snapshotBlock === 0n) {
    throw governanceError('GOV_UNKNOWN_PROPOSAL', `There is no proposal ${proposalId}.`, { got: proposalId });
  }
  const option = decodeEnum(voteOptions, number);
  return {
    power: await votingPower({ publicClient, token: deployment.token, address: voter, block: terms.snapshotBlock }),
    option: option === 'none' ? undefined : option,
    canVote: yes || no,
  };
}
