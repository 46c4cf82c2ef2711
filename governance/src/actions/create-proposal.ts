import type { CoveyError } from '@covey/errors';
import type { Hex, TransactionReceipt } from 'viem';
import { tokenVotingAbi } from '@covey/contracts/abi';
import type { Action } from '../catalogue/action.ts';
import { checkText } from '@covey/protocol';
import { eventIn } from '@covey/client';
import type { CoveyWriter } from '@covey/client';
import { transact } from '../transact.ts';
import { encodeMetadata, voteOptions } from './proposal.ts';
import type { VoteOption } from './proposal.ts';

export interface CreateProposalParameters {
  /** URI of the description that the caller has pinned: `ipfs://<cid>`. */
  metadata: string;
  /** What the DAO does when it passes, in this order, all or nothing. */
  actions: readonly Action[];
  /** Seconds since 1970; default: now. */
  startDate?: bigint;
  /** Default: start plus the DAO's minimum duration. */
  endDate?: bigint;
  /** The author's own vote, cast in the same transaction. */
  vote?: VoteOption;
}

export interface CreateProposalReturnType {
  /** Counts up from 0. */
  proposalId: bigint;
  startDate: bigint;
  endDate: bigint;
  hash: Hex;
  receipt: TransactionReceipt;
}

export type CreateProposalErrorType = CoveyError;

/** Puts calls of the DAO to the vote. Needs the DAO's minimum of voting power, in a block before this one. */
export async function createProposal(
  covey: CoveyWriter<'tokenVoting'>,
  parameters: CreateProposalParameters,
): Promise<CreateProposalReturnType> {
  const { metadata, actions, startDate = 0n, endDate = 0n, vote } = parameters;
  checkText('The metadata', metadata);
  const option = voteOptions.indexOf(vote ?? 'none');
  const { tokenVoting } = covey.deployment;
  const receipt = await transact(covey.sender, {
    address: tokenVoting,
    abi: tokenVotingAbi,
    functionName: 'createProposal',
    args: [encodeMetadata(metadata), actions, 0n, startDate, endDate, option, false],
    what: 'Creating the proposal',
    hint: 'Votes count once a holder has delegated them, to itself or another, in an earlier block.',
  });
  const { args } = eventIn(receipt, tokenVoting, tokenVotingAbi, 'ProposalCreated');
  return {
    proposalId: args.proposalId,
    startDate: args.startDate,
    endDate: args.endDate,
    hash: receipt.transactionHash,
    receipt,
  };
}
