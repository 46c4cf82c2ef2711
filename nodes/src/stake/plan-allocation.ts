import { ONE, allocatedStake } from '@covey/protocol';
import { nodeError } from '../errors.ts';

/** What a task's next round asks of a node, and what its operator lets it have. Stakes in wei, ratios 1e18 = all. */
export interface AllocationTarget {
  taskId: bigint;
  /** Own stake that the next round asks for. */
  asked: bigint;
  /** Most own stake that a task may have; undefined: what the node holds already. */
  limit?: bigint | undefined;
  /** Part of the pool that a task shall have; undefined: what is free, up to the limit. */
  ratio?: bigint | undefined;
}

/** What there is of a node now. */
export interface Holding {
  own: bigint;
  /** What the task has of the pool: allocated, or still bound by its rounds where that is more. */
  allocated: bigint;
  bound: bigint;
  /** What no task has. */
  free: bigint;
}

/** What to add to the own stake, and the ratio to allocate; which may be what there is already. */
export interface AllocationPlan {
  stake: bigint;
  ratio: bigint;
}

/**
 * What a node has to stake and allocate for a task: never less than it has, never more than its operator allows. Who
 * allocated enough by hand keeps that. Throws ALLOCATION_LIMIT where no part of the stake is free, and STAKE_LIMIT.
 */
export function planAllocation(target: AllocationTarget, holding: Holding): AllocationPlan {
  const { taskId, asked, limit, ratio } = target;
  const { own, allocated, bound, free } = holding;
  const reach = max(allocated, bound) + free;
  if (reach === 0n) {
    throw nodeError('ALLOCATION_LIMIT', `All of this node’s stake is allocated to other tasks than ${taskId}.`, {
      expected: 'a part of the stake that no other task has',
      got: '0',
    });
  }
  const enough = ratio === undefined && allocatedStake(own, allocated) >= asked;
  if (enough) return { stake: 0n, ratio: allocated };
  const part = min(reach, max(ratio ?? reach, allocated));
  const needed = stakeFor(asked, part);
  const allowed = max(own, limit ?? 0n);
  if (needed > allowed) {
    throw nodeError('STAKE_LIMIT', `Task ${taskId} asks for more stake than this node may stake for it.`, {
      expected: `at most ${allowed} wei`,
      got: String(needed),
    });
  }
  const total = max(own, needed);
  if (ratio !== undefined || limit === undefined) return { stake: total - own, ratio: part };
  return { stake: total - own, ratio: min(part, max(allocated, stakeFor(max(limit, asked), total))) };
}

/** The least stake of which this ratio is at least `part`; or, of this stake, the least ratio. */
const stakeFor = (part: bigint, ratio: bigint): bigint => (part * ONE + ratio - 1n) / ratio;

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
