import { allocate, clientError, newestBlock, readAllocation, readAllocations, readStake, stake } from '@covey/client';
import type { CoveyWriter, Sent } from '@covey/client';
import { allocatedStake } from '@covey/protocol';
import { isAddressEqual, type Address } from 'viem';
import { atMost } from '../daemon/at-most.ts';
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

/** What an account stakes and allocates, one task after the other, each as of a block that has what it did before. */
interface Account {
  inTurn: ReturnType<typeof atMost>;
  minedAt: bigint;
}

const accounts = new WeakMap<object, Account>();

/**
 * Stakes what the node's own stake lacks to what its operator wants it to hold and a task asks for, and allocates a part of
 * it to the task in this role. Nothing is staked for a task beyond the limit: STAKE_LIMIT. Only the node's own key can do
 * either: ALLOCATION_NEEDED where another one would have to. Tasks side by side, and an endpoint that is behind what was
 * sent (CHAIN_LAGGING), make it stake nothing twice.
 */
export async function ensureAllocation(
  covey: CoveyWriter,
  parameters: EnsureAllocationParameters,
  onEvent: OnEvent,
): Promise<void> {
  const { wallet } = covey.sender;
  const account = accounts.get(wallet) ?? { inTurn: atMost(1), minedAt: 0n };
  accounts.set(wallet, account);
  await account.inTurn(() => ensure(covey, parameters, account, onEvent));
}

async function ensure(
  covey: CoveyWriter,
  { node, role, wanted, ...target }: EnsureAllocationParameters,
  account: Account,
  onEvent: OnEvent,
): Promise<void> {
  const { taskId, asked, ratio: wish } = target;
  const isOwn = isAddressEqual(node, covey.sender.address);
  const block = await newestBlock(covey);
  if (block < account.minedAt) {
    throw clientError('CHAIN_LAGGING', 'The endpoint is behind what this node staked.', {
      expected: `block ${account.minedAt}`,
      got: String(block),
    });
  }
  const mined = ({ blockNumber }: Sent) => (account.minedAt = blockNumber);
  let { own } = await readStake(covey, node, block);
  const now = await readAllocation(covey, node, taskId, block);
  if (now.role !== 'none' && now.role !== role && (now.ratio > 0n || now.readers > 0)) {
    throw nodeError('ROLE_TAKEN', `This node is allocated to task ${taskId} as ${now.role}.`, {
      expected: role,
      got: now.role,
    });
  }
  if (isOwn && own < wanted) {
    const at = mined(await stake(covey, wanted - own, onEvent));
    ({ own } = await readStake(covey, node, at));
  }
  // What holds at most looks, without reading what all other tasks have.
  if (allocatedStake(own, now.ratio) >= asked && now.ratio >= (wish ?? 0n)) return;
  const { free } = await readAllocations(covey, node);
  const plan = planAllocation(target, { own, allocated: now.ratio, bound: now.bound, free });
  if (plan.stake === 0n && plan.ratio === now.ratio) return;
  if (!isOwn) {
    throw nodeError('ALLOCATION_NEEDED', `Too little of the node’s stake is allocated to task ${taskId}.`, {
      expected: `${asked} wei of own stake, as ${role}`,
      got: `${now.ratio} of 1e18 of ${own} wei`,
    });
  }
  if (plan.stake > 0n) mined(await stake(covey, plan.stake, onEvent));
  if (plan.ratio !== now.ratio) mined(await allocate(covey, { taskId, role, ratio: plan.ratio }, onEvent));
}
