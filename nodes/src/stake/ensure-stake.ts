import { readStake, stake } from '@covey/client';
import type { CoveyWriter } from '@covey/client';
import { nodeError } from '../errors.ts';
import type { OnEvent } from '../events.ts';

export interface StakeTarget {
  taskId: bigint;
  /** What the task's next round will ask for. */
  asked: bigint;
  /** What the operator wants to hold, whatever tasks ask for. */
  wanted: bigint;
  /** The most that a task may make the node hold; undefined: no more than it holds already. */
  limit: bigint | undefined;
}

/**
 * Stakes what the sender's own stake lacks to what is wanted and asked for, in wei; returns what was added. Nothing is
 * staked for a task that asks for more than the limit: STAKE_LIMIT.
 */
export async function ensureStake(covey: CoveyWriter, target: StakeTarget, onEvent: OnEvent): Promise<bigint> {
  const { taskId, asked, wanted, limit } = target;
  const { own } = await readStake(covey, covey.sender.address);
  const allowed = max(own, wanted, limit ?? 0n);
  const missing = max(asked <= allowed ? asked : 0n, wanted) - own;
  if (missing > 0n) await stake(covey, missing, onEvent);
  if (asked > allowed) {
    throw nodeError('STAKE_LIMIT', `Task ${taskId} asks for more stake than this node may stake for it.`, {
      expected: `at most ${allowed} wei`,
      got: String(asked),
    });
  }
  return max(missing, 0n);
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
