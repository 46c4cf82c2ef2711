import { allocate, readAllocation, readAllocations, readStake, stake } from '@covey/client';
import type { CoveyWriter } from '@covey/client';
import { isAddressEqual, type Address } from 'viem';
import { nodeError } from '../errors.ts';
import type { OnEvent, ParticipantRole } from '../events.ts';
import { planAllocation, share, type AllocationTarget } from './plan-allocation.ts';

export interface EnsureAllocationParameters extends AllocationTarget {
  /** Whose stake: the account's own, or that for which it is the operator. */
  node: Address;
  role: ParticipantRole;
  /** Own stake that the operator wants the node to hold, whatever tasks ask for; wei. */
  wanted: bigint;
}

/**
 * Stakes what the node's own stake lacks to what its operator wants it to hold and a task asks for, and allocates a part of
 * it to the task in this role. Nothing is staked for a task beyond the limit: STAKE_LIMIT. Only the node's own key can do
 * either: ALLOCATION_NEEDED where another one would have to.
 */
export async function ensureAllocation(
  covey: CoveyWriter,
  { node, role, wanted, ...target }: EnsureAllocationParameters,
  onEvent: OnEvent,
): Promise<void> {
  const { taskId, asked, ratio: wish } = target;
  const isOwn = isAddressEqual(node, covey.sender.address);
  const readOwn = async () => (await readStake(covey, node)).own;
  let own = await readOwn();
  const now = await readAllocation(covey, node, taskId);
  if (now.role !== 'none' && now.role !== role && (now.ratio > 0n || now.readers > 0)) {
    throw nodeError('ROLE_TAKEN', `This node is allocated to task ${taskId} as ${now.role}.`, {
      expected: role,
      got: now.role,
    });
  }
  if (isOwn && own < wanted) {
    await stake(covey, wanted - own, onEvent);
    own = await readOwn();
  }
  // What holds at most looks, without reading what all other tasks have.
  if (share(own, now.ratio) >= asked && now.ratio >= (wish ?? 0n)) return;
  const { free } = await readAllocations(covey, node);
  const plan = planAllocation(target, { own, allocated: now.ratio, bound: now.bound, free });
  if (plan.stake === 0n && plan.ratio === now.ratio) return;
  if (!isOwn) {
    throw nodeError('ALLOCATION_NEEDED', `Too little of the node’s stake is allocated to task ${taskId}.`, {
      expected: `${asked} wei of own stake, as ${role}`,
      got: `${now.ratio} of 1e18 of ${own} wei`,
    });
  }
  if (plan.stake > 0n) await stake(covey, plan.stake, onEvent);
  if (plan.ratio !== now.ratio) await allocate(covey, { taskId, role, ratio: plan.ratio }, onEvent);
}
