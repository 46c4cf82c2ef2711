import { readContract } from 'viem/actions';
import { tokenVotingAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import type { ReadClient } from '@covey/client';

export interface CanExecuteParameters {
  deployment: Pick<Deployment, 'tokenVoting'>;
  proposalId: bigint;
}

export type CanExecuteReturnType = boolean;

/** Whether `execute` would be allowed now; false for a proposal that does not exist. */
export function canExecute(client: ReadClient, parameters: CanExecuteParameters): Promise<CanExecuteReturnType> {
  return readContract(client, {
    address: parameters.deployment.tokenVoting,
    abi: tokenVotingAbi,
    functionName: 'canExecute',
    args: [parameters.proposalId],
  });
}
