import type { CoveyError } from '@covey/errors';
import type { Hex, TransactionReceipt } from 'viem';
import { tokenVotingAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { eventIn } from '@covey/client';
import type { WriteClient } from '@covey/client';
import { transact } from '../transact.ts';

export interface ExecuteParameters {
  deployment: Pick<Deployment, 'tokenVoting'>;
  proposalId: bigint;
}

export interface ExecuteReturnType {
  hash: Hex;
  receipt: TransactionReceipt;
}

export type ExecuteErrorType = CoveyError;

/** Makes the DAO do what was decided. Anyone may: the votes are the permission. */
export async function execute(client: WriteClient, parameters: ExecuteParameters): Promise<ExecuteReturnType> {
  const { deployment, proposalId } = parameters;
  const receipt = await transact(client, {
    address: deployment.tokenVoting,
    abi: tokenVotingAbi,
    functionName: 'execute',
    args: [proposalId],
    what: `Executing proposal ${proposalId}`,
    hint: 'It must have ended with enough support and participation, and can be executed once.',
  });
  eventIn(receipt, deployment.tokenVoting, tokenVotingAbi, 'ProposalExecuted');
  return { hash: receipt.transactionHash, receipt };
}
