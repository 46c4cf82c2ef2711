import { readLock, readLocksOf, type LockOnChain, type requestUnlock } from '@covey/client';
import { formatEther } from 'viem';
import { taskId as positiveId } from '../../arguments.ts';
import { openSender } from '../../context.ts';
import { required } from '../../define-command.ts';
import type { AccountOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { coveyText, durationText, utcText } from '../../../quantities.ts';
import { say } from '../../words/say.ts';

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
    left.length === 0 ? [say`lock ${options.lock}: ${coveyText(before.amount)} paid out`] : left.map(lockLine),
  );
}

export function lockLine({ lockId, amount, notice, bonus, unlocksAt }: LockOnChain): string {
  const until = unlocksAt === 0 ? say`${formatEther(bonus)} bonus votes` : say`unlocks at ${utcText(unlocksAt)}`;
  return say`lock ${lockId}: ${coveyText(amount)}, notice ${durationText(notice)}, ${until}`;
}
