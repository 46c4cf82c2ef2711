import type { CoveyChain } from './chain.ts';
import { roundManagerAbi, roundPhases, type RoundPhaseName } from '@covey/contracts/abi';
import { decodeEnum } from '@covey/protocol';
import { chainError } from './contract-error.ts';

/**
 * The chain's own time, unix seconds: that of the latest mined block. What a node decides rests on blocks alone: the one
 * being built may never come as an endpoint imagines it. The machine's clock is never used.
 */
export async function chainTime({ publicClient }: Pick<CoveyChain, 'publicClient'>): Promise<bigint> {
  try {
    return (await publicClient.getBlock({ blockTag: 'latest' })).timestamp;
  } catch (cause) {
    throw chainError(cause, 'reading the latest block');
  }
}

/** The phase of a round at the latest mined block. */
export async function readPhase(covey: CoveyChain, taskId: bigint, round: number): Promise<RoundPhaseName> {
  try {
    const phase = await covey.publicClient.readContract({
      address: covey.deployment.roundManager,
      abi: roundManagerAbi,
      functionName: 'phaseOf',
      args: [taskId, round],
    });
    return decodeEnum(roundPhases, phase);
  } catch (cause) {
    throw chainError(cause, `reading the phase of round ${round} of task ${taskId}`);
  }
}

/** True when `phase` comes at or after `other` in the life of a round. */
export function reached(phase: RoundPhaseName, other: RoundPhaseName): boolean {
  return roundPhases.indexOf(phase) >= roundPhases.indexOf(other);
}

/** True when nothing of the round can change any more but claims and slash cases. */
export function isClosed(phase: RoundPhaseName): boolean {
  return phase === 'claimable' || phase === 'void';
}
