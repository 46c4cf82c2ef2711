import { allocationsConstants } from '@covey/contracts/abi/constants';
import { roles } from '@covey/contracts/abi/enums';
import type { AllocatedRole, AllocationOnChain } from '@covey/client';

/** What somebody typed who wants to allocate: the number of a task, a role, a percentage of the pool. */
export interface AllocationDraft {
  task: string;
  role: AllocatedRole;
  part: string;
}

export type AllocationProblem = 'badTask' | 'badPart' | 'tooMuch';

/** Arguments of the contract's `allocate`. */
export type AllocateArguments = readonly [taskId: bigint, role: number, ratio: bigint];

const PERCENT = allocationsConstants.ONE / 100n;

/** Parts of a percent are written with up to 16 decimals: every ratio of the chain can be said. */
function ratioOf(part: string): bigint | undefined {
  const written = part.trim().match(/^(\d{1,3})(?:\.(\d{1,16}))?$/);
  if (!written) return undefined;
  const ratio = BigInt(written[1] as string) * PERCENT + BigInt((written[2] ?? '').padEnd(16, '0'));
  return ratio <= allocationsConstants.ONE ? ratio : undefined;
}

const most = (a: bigint, b: bigint) => (a > b ? a : b);

/** What to send, or what is wrong; undefined as long as something is not filled in. Hosts allocate under task 0. */
export function readAllocationDraft(
  { task, role, part }: AllocationDraft,
  { allocations, free }: { allocations: readonly AllocationOnChain[]; free: bigint },
): { args: AllocateArguments } | { problem: AllocationProblem } | undefined {
  const number = role === 'host' ? '0' : task.trim();
  if (number === '' || part.trim() === '') return undefined;
  if (!/^\d{1,18}$/.test(number) || (BigInt(number) === 0n) !== (role === 'host')) return { problem: 'badTask' };
  const taskId = BigInt(number);
  const ratio = ratioOf(part);
  if (ratio === undefined) return { problem: 'badPart' };
  const held = allocations.find((allocation) => allocation.taskId === taskId);
  const there = held ? most(held.ratio, held.bound) : 0n;
  if (most(ratio, held?.bound ?? 0n) > free + there) return { problem: 'tooMuch' };
  return { args: [taskId, roles.indexOf(role), ratio] };
}
