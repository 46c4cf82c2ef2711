import type { CoveyError } from '@covey/errors';
import type { Hex, TransactionReceipt } from 'viem';
import { tokenVotingAbi } from '@covey/contracts/abi';
import { eventIn } from '@covey/client';
import type { CoveyWriter } from '@covey/client';
import { transact } from '../transact.ts';
import { voteOptions } from './proposal.ts';
import type { VoteOption } from './proposal.ts';

export interface VoteParameters {
  proposalId: bigint;
  option: VoteOption;
}

export interface VoteReturnType {
  /** Wei of voting power that was counted. */
  votingPower: bigint;
  hash: Hex;
  receipt: TransactionReceipt;
}

export type VoteErrorType = CoveyError;

/** Votes with all that the account could vote with at the proposal's snapshot block. */
export async function vote(covey: CoveyWriter<'tokenVoting'>, parameters: VoteParameters): Promise<VoteReturnType> {
  const { proposalId, option } = parameters;
  const { tokenVoting } = covey.deployment;
  const receipt = await transact(covey.sender, {
    address: tokenVoting,
    abi: tokenVotingAbi,
    functionName: 'vote',
    args: [proposalId, voteOptions.indexOf(option), false],
    what: `Voting on proposal ${proposalId}`,
    hint: 'It must be open, the account must have had voting power when it was made, and may not have voted before.',
  });
  const { args } = eventIn(receipt, tokenVoting, tokenVotingAbi, 'VoteCast');
  return { votingPower: args.votingPower, hash: receipt.transactionHash, receipt };
}
