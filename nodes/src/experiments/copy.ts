import { readSubmissionOf, type ContentStore, type CoveyChain } from '@covey/client';
import { zeroHash, type Address, type Hex } from 'viem';
import { RoundState } from '../state/round-state.ts';
import type { TrainerOptions } from '../trainer/trainer-node.ts';
import { trainerStateSchema } from '../trainer/trainer-state.ts';

/** What a copier commits to. */
export interface Copied {
  cid: string;
  parameterRoot: Hex;
}

/** Where a copier learns of content; null when it knows none yet. */
export type CopySource = (taskId: bigint, round: number) => Promise<Copied | null>;

/** Always the same; without its root, as one who knows the CID alone. */
export function copyOf(cid: string, root: Hex = zeroHash): CopySource {
  return () => Promise.resolve({ cid, parameterRoot: root });
}

/**
 * Simulates a leak by reading what another node on this machine will reveal. Waits until that node's commitment is on
 * chain, as a copier that learns of content after its owner submitted it.
 */
export function copyFromState(covey: CoveyChain, root: string, victim: Address): CopySource {
  return async (taskId, round) => {
    if (!(await readSubmissionOf(covey, taskId, round, victim))) return null;
    const states = new RoundState(root, covey.deployment, 'trainer', victim, trainerStateSchema);
    const state = await states.load({ taskId, round });
    return state && { cid: state.cid, parameterRoot: state.parameterRoot };
  };
}

/**
 * A training node that submits somebody else's CID. It has nothing to upload and may reveal before its victim does, so
 * its store claims to have what it copied, where an honest node makes sure that others can fetch it.
 */
export function copier(source: CopySource, store: ContentStore): Pick<TrainerOptions, 'produce' | 'store'> {
  const copied = new Set<string>();
  return {
    async produce({ taskId, round }) {
      const found = await source(taskId, round);
      if (found) copied.add(found.cid);
      return found;
    },
    store: {
      ...store,
      get: async (cid, options) => (copied.has(cid) ? new Uint8Array() : await store.get(cid, options)),
    },
  };
}
