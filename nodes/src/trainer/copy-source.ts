import type { Deployment } from '@covey/contracts/abi';
import type { Address, PublicClient } from 'viem';
import { readSubmissionOf } from '@covey/client';
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
export function copyFromState(
  publicClient: PublicClient,
  deployment: Deployment,
  root: string,
  victim: Address,
): CopySource {
  return async (taskId, round) => {
    if (!(await readSubmissionOf(publicClient, deployment, taskId, round, victim))) return null;
    const state = await new RoundState(root, deployment, 'trainer', victim, trainerStateSchema).load(taskId, round);
    return state?.cid ?? null;
  };
}
