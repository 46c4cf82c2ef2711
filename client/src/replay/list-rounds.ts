import { chainError } from '../chain/contract-error.ts';
import type { CoveyChain } from '../chain/chain.ts';
import { roundManagerAbi } from '@covey/contracts/abi';

export interface RoundKey {
  taskId: bigint;
  round: number;
}

/** Every round whose result stands, the newest first. */
export async function listAcceptedRounds(covey: CoveyChain): Promise<RoundKey[]> {
  try {
    const logs = await covey.events({
      address: covey.deployment.roundManager,
      abi: roundManagerAbi,
      eventName: 'RoundFinalized',
    });
    return logs.toReversed().map(({ args: { taskId, round } }) => ({ taskId, round }));
  } catch (cause) {
    throw chainError(cause, 'listing the accepted rounds');
  }
}
