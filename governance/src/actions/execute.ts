import type { CoveyError } from '@covey/errors';
import type { Hex, TransactionReceipt } from 'viem';
import { tokenVotingAbi } from '@covey/contracts/abi';
import { eventIn } from '@covey/client';
import type { CoveyWriter } from '@covey/client';
import { transact } from '../transact.ts';

export interface ExecuteParameters {
  proposalId: bigint;
}

export interface ExecuteReturnType {
  hash: Hex;
  receipt: TransactionReceipt;
}

export type ExecuteErrorType = CoveyError;

/** Makes the DAO do what was decided. Anyone may: the votes are the permission. */
export async function execute(
  covey: CoveyWriter<'tokenVoting'>,
  parameters: ExecuteParameters,
): Promise<ExecuteReturnType> {
  const { proposalId } = parameters;
  const { tokenVoting } = covey.deployment;
  const receipt = await transact(covey.sender, {
    address: tokenVoting,
    abi: tokenVotingAbi,
    functionName: 'execute',
    args: [proposalId],
    what: `Executing proposal ${proposalId}`,
    hint: 'It must have ended with enough support and participation, and can be executed once.',
  });
  eventIn(receipt, tokenVoting, tokenVotingAbi, 'ProposalExecuted');
  return { hash: receipt.transactionHash, receipt };
}
