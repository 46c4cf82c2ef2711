import type { CoveyError } from '@covey/errors';
import type { Hex, TransactionReceipt } from 'viem';
import { tokenVotingAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { eventIn } from '@covey/client';
import type { WriteClient } from '@covey/client';
import { transact } from '../transact.ts';
import { voteOptions } from './proposal.ts';
import type { VoteOption } from './proposal.ts';

export interface VoteParameters {
  deployment: Pick<Deployment, 'tokenVoting'>;
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
export async function vote(client: WriteClient, parameters: VoteParameters): Promise<VoteReturnType> {
  const { deployment, proposalId, option } = parameters;
  const receipt = await transact(client, {
    address: deployment.tokenVoting,
    abi: tokenVotingAbi,
    functionName: 'vote',
    args: [proposalId, voteOptions.indexOf(option), false],
    what: `Voting on proposal ${proposalId}`,
    hint: 'It must be open, the account must have had voting power when it was made, and may not have voted before.',
  });
  const { args } = eventIn(receipt, deployment.tokenVoting, tokenVotingAbi, 'VoteCast');
  return { votingPower: args.votingPower, hash: receipt.transactionHash, receipt };
}
