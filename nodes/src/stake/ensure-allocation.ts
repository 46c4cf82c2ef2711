import { allocate, readAllocation, readStake, stake } from '@covey/client';
import type { CoveyWriter } from '@covey/client';
import { isAddressEqual, type Address } from 'viem';
import { nodeError } from '../errors.ts';
import type { OnEvent, ParticipantRole } from '../events.ts';
import { planAllocation, type AllocationTarget } from './plan-allocation.ts';

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
  const { taskId } = target;
  const isOwn = isAddressEqual(node, covey.sender.address);
  const read = async () => ({ own: (await readStake(covey, node)).own, ...(await readAllocation(covey, node, taskId)) });
  let now = await read();
  if (now.role !== 'none' && now.role !== role && (now.ratio > 0n || now.readers > 0)) {
    throw nodeError('ROLE_TAKEN', `This node is allocated to task ${taskId} as ${now.role}.`, {
      expected: role,
      got: now.role,
    });
  }
  if (isOwn && now.own < wanted) {
    await stake(covey, wanted - now.own, onEvent);
    now = await read();
  }
  const plan = planAllocation(target, { own: now.own, allocated: now.ratio, bound: now.bound, free: now.free });
  if (plan.stake === 0n && plan.ratio === now.ratio) return;
  if (!isOwn) {
    throw nodeError('ALLOCATION_NEEDED', `Too little of the node’s stake is allocated to task ${taskId}.`, {
      expected: `${target.asked} wei of own stake, as ${role}`,
      got: `${now.ratio} of 1e18 of ${now.own} wei`,
    });
  }
  if (plan.stake > 0n) await stake(covey, plan.stake, onEvent);
  if (plan.ratio !== now.ratio) await allocate(covey, { taskId, role, ratio: plan.ratio }, onEvent);
}
