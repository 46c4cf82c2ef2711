import { readStake, stake } from '@covey/client';
import type { CoveyWriter } from '@covey/client';
import { nodeError } from '../errors.ts';
import type { OnEvent } from '../events.ts';

/** Stakes what the sender's own stake lacks to `target` wei; returns what was added. */
export async function ensureStake(covey: CoveyWriter, target: bigint, onEvent: OnEvent): Promise<bigint> {
  const { own } = await readStake(covey, covey.sender.address);
  const missing = target - own;
  if (missing <= 0n) return 0n;
  await stake(covey, missing, onEvent);
  return missing;
}

/** Throws STAKE_TOO_LOW when a round counts less own stake than it asks for; wei. */
export function requireStake(p: { own: bigint; needed: bigint; taskId: bigint; round: number }): void {
  if (p.own >= p.needed) return;
  throw nodeError('STAKE_TOO_LOW', `Round ${p.round} of task ${p.taskId} opened before enough was staked.`, {
    expected: `${p.needed} wei of own stake in the second before the round opened`,
    got: String(p.own),
    hint: 'Stake (`covey stake add`) before the next round opens.',
  });
}

export function max(...values: bigint[]): bigint {
  return values.reduce((a, b) => (a > b ? a : b));
}
