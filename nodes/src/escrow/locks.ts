import { clientError, isClientError } from '@covey/client';
import { voteEscrowAbi, type Deployment } from '@covey/contracts/abi';
import { parseEventLogs, zeroAddress, type Address, type PublicClient } from 'viem';
import { chainError } from '@covey/client';
import type { Sender, Sent } from '@covey/client';
import type { OnEvent } from '../events.ts';
import { ensureAllowance } from '../stake/ensure-stake.ts';

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
  sender: Sender,
  deployment: Deployment,
  amount: bigint,
  notice: number,
  onEvent: OnEvent,
): Promise<Sent & { lockId: bigint }> {
  await ensureAllowance(sender, deployment, deployment.voteEscrow, amount, onEvent);
  const sent = await sender.send({ ...contract(deployment), functionName: 'lock', args: [amount, notice] });
  const [event] = parseEventLogs({ abi: voteEscrowAbi, eventName: 'Locked', logs: sent.logs, strict: true });
  if (!event) throw clientError('TRANSACTION_FAILED', 'lock emitted no Locked.', { got: sent.tx });
  return { ...sent, lockId: event.args.lockId };
}

/** Ends a lock's bonus and starts its notice. */
export async function requestUnlock(sender: Sender, deployment: Deployment, lockId: bigint): Promise<Sent> {
  return await sender.send({ ...contract(deployment), functionName: 'requestUnlock', args: [lockId] });
}

/** Takes the request back. */
export async function relock(sender: Sender, deployment: Deployment, lockId: bigint): Promise<Sent> {
  return await sender.send({ ...contract(deployment), functionName: 'relock', args: [lockId] });
}

/** Pays a lock out to its owner once the notice has passed. */
export async function withdrawLock(sender: Sender, deployment: Deployment, lockId: bigint): Promise<Sent> {
  return await sender.send({ ...contract(deployment), functionName: 'withdraw', args: [lockId] });
}

export async function readLock(
  publicClient: PublicClient,
  deployment: Deployment,
  lockId: bigint,
): Promise<LockOnChain> {
  try {
    const found = await publicClient.readContract({ ...contract(deployment), functionName: 'lockOf', args: [lockId] });
    const { owner, amount, notice, unlocksAt } = found;
    if (owner === zeroAddress) throw clientError('LOCK_UNKNOWN', `There is no lock ${lockId}, or it was paid out.`);
    const bonus =
      unlocksAt === 0
        ? await publicClient.readContract({
            ...contract(deployment),
            functionName: 'bonusFor',
            args: [amount, notice],
          })
        : 0n;
    return { lockId, owner, amount, notice, bonus, unlocksAt };
  } catch (cause) {
    throw chainError(cause, `reading lock ${lockId}`);
  }
}

/** All locks of an account that still hold tokens. */
export async function readLocksOf(
  publicClient: PublicClient,
  deployment: Deployment,
  owner: Address,
): Promise<LockOnChain[]> {
  let ids: bigint[];
  try {
    const logs = await publicClient.getContractEvents({
      ...contract(deployment),
      eventName: 'Locked',
      args: { owner },
      fromBlock: BigInt(deployment.startBlock),
      strict: true,
    });
    ids = logs.map(({ args }) => args.lockId);
  } catch (cause) {
    throw chainError(cause, `reading the locks of ${owner}`);
  }
  const locks = await Promise.all(
    ids.map(async (lockId) => {
      try {
        return await readLock(publicClient, deployment, lockId);
      } catch (error) {
        // Paid out.
        if (isClientError(error, 'LOCK_UNKNOWN')) return null;
        throw error;
      }
    }),
  );
  return locks.filter((found) => found !== null);
}
