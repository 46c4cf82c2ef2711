import { roundManagerAbi, type Deployment } from '@covey/contracts/abi';
import type { PublicClient } from 'viem';
import { chainError } from '@covey/client';

export interface RoundKey {
  taskId: bigint;
  round: number;
}

/** Every round whose result stands, the newest first. */
export async function listAcceptedRounds(publicClient: PublicClient, deployment: Deployment): Promise<RoundKey[]> {
  try {
    const logs = await publicClient.getContractEvents({
      address: deployment.roundManager,
      abi: roundManagerAbi,
      eventName: 'RoundFinalized',
      fromBlock: BigInt(deployment.startBlock),
      strict: true,
    });
    return logs.toReversed().map(({ args: { taskId, round } }) => ({ taskId, round }));
  } catch (cause) {
    throw chainError(cause, 'listing the accepted rounds');
  }
}
