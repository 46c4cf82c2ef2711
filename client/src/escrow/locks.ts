import { chainError } from '../chain/contract-error.ts';
import { eventIn } from '../chain/event-in.ts';
import { newestBlock } from '../chain/events.ts';
import { clientError, isClientError } from '../errors.ts';
import { requireNumbered } from '../logs/check-counts.ts';
import type { CoveyChain, CoveyWriter } from '../chain/chain.ts';
import type { Sent } from '../chain/sender.ts';
import { voteEscrowAbi, type Deployment } from '@covey/contracts/abi';
import { isAddressEqual, zeroAddress, type Address } from 'viem';
import { ignoreActions, type OnAction } from '../events.ts';
import { ensureAllowance } from '../stake/allowance.ts';

export interface LockOnChain {
  lockId: bigint;
  owner: Address;
  /** Wei. */
  amount: bigint;
  /** Seconds between asking for the tokens and getting them. */
  notice: number;
  /** Votes beyond the tokens' own, in wei; 0 once they were asked for. */
  bonus: bigint;
  /** Unix seconds; 0 while nobody asked. */
  unlocksAt: number;
}

const contract = (deployment: Deployment) => ({ address: deployment.voteEscrow, abi: voteEscrowAbi }) as const;

/** Locks `amount` wei for a notice of so many seconds. */
export async function lock(
  covey: CoveyWriter,
  amount: bigint,
  notice: number,
  onEvent: OnAction = ignoreActions,
): Promise<Sent & { lockId: bigint }> {
  await ensureAllowance(covey, covey.deployment.voteEscrow, amount, onEvent);
  const sent = await covey.sender.send({ ...contract(covey.deployment), functionName: 'lock', args: [amount, notice] });
  const { lockId } = eventIn(sent.receipt, covey.deployment.voteEscrow, voteEscrowAbi, 'Locked').args;
  return { ...sent, lockId };
}

/** Ends a lock's bonus and starts its notice. */
export async function requestUnlock(covey: CoveyWriter, lockId: bigint): Promise<Sent> {
  return await covey.sender.send({ ...contract(covey.deployment), functionName: 'requestUnlock', args: [lockId] });
}

/** Takes the request back. */
export async function relock(covey: CoveyWriter, lockId: bigint): Promise<Sent> {
  return await covey.sender.send({ ...contract(covey.deployment), functionName: 'relock', args: [lockId] });
}

/** Pays a lock out to its owner once the notice has passed. */
export async function withdrawLock(covey: CoveyWriter, lockId: bigint): Promise<Sent> {
  return await covey.sender.send({ ...contract(covey.deployment), functionName: 'withdraw', args: [lockId] });
}

export async function readLock(covey: CoveyChain, lockId: bigint): Promise<LockOnChain> {
  try {
    const found = await covey.publicClient.readContract({
      ...contract(covey.deployment),
      functionName: 'lockOf',
      args: [lockId],
    });
    const { owner, amount, notice, unlocksAt } = found;
    if (owner === zeroAddress) throw clientError('LOCK_UNKNOWN', `There is no lock ${lockId}, or it was paid out.`);
    const bonus =
      unlocksAt === 0
        ? await covey.publicClient.readContract({
            ...contract(covey.deployment),
            functionName: 'bonusFor',
            args: [amount, notice],
          })
        : 0n;
    return { lockId, owner, amount, notice, bonus, unlocksAt };
  } catch (cause) {
    throw chainError(cause, `reading lock ${lockId}`);
  }
}

/**
 * All locks of an account that still hold tokens. Everybody's are read, since the contract numbers them: LOGS_INCOMPLETE
 * where one is missing.
 */
export async function readLocksOf(covey: CoveyChain, owner: Address): Promise<LockOnChain[]> {
  let ids: bigint[];
  try {
    const blockNumber = await newestBlock(covey);
    const [logs, count] = await Promise.all([
      covey.events({ ...contract(covey.deployment), eventName: 'Locked', toBlock: blockNumber }),
      covey.publicClient.readContract({ ...contract(covey.deployment), functionName: 'lockCount', blockNumber }),
    ]);
    const locked = logs.map(({ args }) => args);
    requireNumbered(
      'locks',
      locked.map(({ lockId }) => lockId),
      count,
    );
    ids = locked.filter((one) => isAddressEqual(one.owner, owner)).map(({ lockId }) => lockId);
  } catch (cause) {
    throw chainError(cause, `reading the locks of ${owner}`);
  }
  const locks = await Promise.all(
    ids.map(async (lockId) => {
      try {
        return await readLock(covey, lockId);
      } catch (error) {
        // Paid out.
        if (isClientError(error, 'LOCK_UNKNOWN')) return null;
        throw error;
      }
    }),
  );
  return locks.filter((found) => found !== null);
}
