import { readLock, readLocksOf, type LockOnChain, type requestUnlock } from '@covey/client';
import { formatEther } from 'viem';
import { taskId as positiveId } from '../../arguments.ts';
import { openSender } from '../../context.ts';
import { required } from '../../define-command.ts';
import type { AccountOptions } from '../../options.ts';
import type { Output } from '../../output.ts';

/** Seconds. */
export const day = 86_400;

export const lockOption = { lock: required('--lock <id>', 'lock', positiveId) };

/** Changes a lock, and shows what is left of it. */
export async function changeLock(
  options: AccountOptions & { lock: bigint },
  out: Output,
  change: typeof requestUnlock,
): Promise<void> {
  const covey = await openSender(options);
  // Before: a lock that is paid out is gone.
  const before = await readLock(covey, options.lock);
  const { tx, gasUsed } = await change(covey, options.lock);
  const locks = await readLocksOf(covey, before.owner);
  const left = locks.filter(({ lockId }) => lockId === options.lock);
  out.result(
    'covey.escrow/1',
    { locks: left, tx, gasUsed },
    left.length === 0 ? [`lock ${options.lock}: ${formatEther(before.amount)} COVEY paid out`] : left.map(lockLine),
  );
}

export function lockLine({ lockId, amount, notice, bonus, unlocksAt }: LockOnChain): string {
  const until = unlocksAt === 0 ? `${formatEther(bonus)} bonus votes` : `unlocks at ${unlocksAt} (unix time)`;
  return `lock ${lockId}: ${formatEther(amount)} COVEY, notice ${notice / day} days, ${until}`;
}
