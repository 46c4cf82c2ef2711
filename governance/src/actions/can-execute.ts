import { tokenVotingAbi } from '@covey/contracts/abi';
import type { CoveyChain } from '@covey/client';

export interface CanExecuteParameters {
  proposalId: bigint;
}

export type CanExecuteReturnType = boolean;

/** Whether `execute` would be allowed now; false for a proposal that does not exist. */
export function canExecute(
  covey: CoveyChain<'tokenVoting'>,
  { proposalId }: CanExecuteParameters,
): Promise<CanExecuteReturnType> {
  return covey.publicClient.readContract({
    address: covey.deployment.tokenVoting,
    abi: tokenVotingAbi,
    functionName: 'canExecute',
    args: [proposalId],
  });
}
