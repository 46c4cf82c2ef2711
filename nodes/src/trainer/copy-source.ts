import { readSubmissionOf } from '@covey/client';
import type { CoveyChain } from '@covey/client';
import type { Address } from 'viem';
import { RoundState } from '../state/round-state.ts';
import type { CopySource } from './attack.ts';
import { trainerStateSchema } from './trainer-state.ts';

/** FOR EXPERIMENTS ONLY: always the same CID. */
export function copyOf(cid: string): CopySource {
  return () => Promise.resolve(cid);
}

/**
 * FOR EXPERIMENTS ONLY: simulates a leak by reading what another node on this machine will reveal. Waits until that
 * node's commitment is on chain, as a copier that learns of content after its owner submitted it.
 */
export function copyFromState(covey: CoveyChain, root: string, victim: Address): CopySource {
  return async (taskId, round) => {
    if (!(await readSubmissionOf(covey, taskId, round, victim))) return null;
    const state = await new RoundState(root, covey.deployment, 'trainer', victim, trainerStateSchema).load(
      taskId,
      round,
    );
    return state?.cid ?? null;
  };
}
