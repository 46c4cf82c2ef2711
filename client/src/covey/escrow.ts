import type { Address } from 'viem';
import { lock, readLock, readLocksOf, relock, requestUnlock, withdrawLock } from '../escrow/locks.ts';
import type { OnAction } from '../events.ts';
import type { CoveyContext } from './context.ts';

/** Tokens that are locked for more votes. */
export function escrowOf({ chain, writer }: CoveyContext) {
  return {
    read: (lockId: bigint) => readLock(chain, lockId),
    /** All locks of an account that still hold tokens. */
    of: (owner: Address) => readLocksOf(chain, owner),
    /** Locks `amount` wei for a notice of so many seconds. */
    lock: async ({ amount, notice }: { amount: bigint; notice: number }, onEvent?: OnAction) =>
      lock(writer(), amount, notice, onEvent),
    requestUnlock: async (lockId: bigint) => requestUnlock(writer(), lockId),
    relock: async (lockId: bigint) => relock(writer(), lockId),
    withdraw: async (lockId: bigint) => withdrawLock(writer(), lockId),
  };
}
