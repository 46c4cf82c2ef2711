import { roles, stakeManagerAbi, type RoleName } from '@covey/contracts/abi';
import { allocationsConstants } from '@covey/contracts/abi/constants';
import { decodeEnum } from '@covey/protocol';
import { zeroAddress, type Address } from 'viem';
import { chainError } from '../chain/contract-error.ts';
import { newestBlock } from '../chain/events.ts';
import type { CoveyChain } from '../chain/chain.ts';
import { requireCount } from '../logs/check-counts.ts';

/** A node's part in one task; ratios of its pool, 1e18 = all. */
export interface AllocationOnChain {
  taskId: bigint;
  role: RoleName;
  /** Allocated now: what the next round that opens reads. */
  ratio: bigint;
  /** What rounds that read it hold at most, and how many they are. */
  bound: bigint;
  readers: number;
}

/** A node's part in a task now, or as of a mined block. */
export async function readAllocation(
  covey: CoveyChain,
  node: Address,
  taskId: bigint,
  block?: bigint,
): Promise<AllocationOnChain> {
  try {
    return await allocationAt(covey, node, taskId, block);
  } catch (cause) {
    throw chainError(cause, `reading what ${node} allocated to task ${taskId}`);
  }
}

/** What a node allocated to a task at the end of a past second, as the rounds that opened in the next read it. */
export async function readAllocatedAt(
  covey: CoveyChain,
  node: Address,
  taskId: bigint,
  timestamp: number,
): Promise<{ role: RoleName; ratio: bigint }> {
  try {
    const [role, ratio] = await covey.publicClient.readContract({
      address: covey.deployment.stakeManager,
      abi: stakeManagerAbi,
      functionName: 'allocatedAt',
      args: [node, taskId, timestamp],
    });
    return { role: decodeEnum(roles, role), ratio };
  } catch (cause) {
    throw chainError(cause, `reading what ${node} had allocated to task ${taskId}`);
  }
}

/**
 * What a node has allocated or bound, in the order of its first allocation to each task, and the ratio that is left. All
 * of it and what is left are 1: LOGS_INCOMPLETE where an allocation is missing.
 */
export async function readAllocations(
  covey: CoveyChain,
  node: Address,
): Promise<{ allocations: AllocationOnChain[]; free: bigint }> {
  const contract = { address: covey.deployment.stakeManager, abi: stakeManagerAbi } as const;
  try {
    const blockNumber = await newestBlock(covey);
    const [logs, free] = await Promise.all([
      covey.events({ ...contract, eventName: 'Allocated', args: { node }, toBlock: blockNumber }),
      covey.publicClient.readContract({ ...contract, functionName: 'freeRatio', args: [node], blockNumber }),
    ]);
    const tasks = [...new Set(logs.map(({ args }) => args.taskId))];
    const all = await Promise.all(tasks.map((taskId) => allocationAt(covey, node, taskId, blockNumber)));
    const allocations = all.filter(({ ratio, readers }) => ratio > 0n || readers > 0);
    const held = allocations.reduce((sum, { ratio, bound }) => sum + (ratio > bound ? ratio : bound), 0n);
    requireCount(`allocations of ${node}, of 1e18`, allocationsConstants.ONE - free, held);
    return { allocations, free };
  } catch (cause) {
    throw chainError(cause, `reading the allocations of ${node}`);
  }
}

async function allocationAt(
  { deployment, publicClient }: CoveyChain,
  node: Address,
  taskId: bigint,
  blockNumber?: bigint,
): Promise<AllocationOnChain> {
  const { role, ratio, bound, readers } = await publicClient.readContract({
    address: deployment.stakeManager,
    abi: stakeManagerAbi,
    functionName: 'allocation',
    args: [node, taskId],
    ...(blockNumber !== undefined && { blockNumber }),
  });
  return { taskId, role: decodeEnum(roles, role), ratio, bound, readers };
}

/** Who acts for a node in rounds; null where it acts itself. */
export async function readOperator(covey: CoveyChain, node: Address): Promise<Address | null> {
  try {
    const operator = await covey.publicClient.readContract({
      address: covey.deployment.stakeManager,
      abi: stakeManagerAbi,
      functionName: 'operatorOf',
      args: [node],
    });
    return operator === zeroAddress ? null : operator;
  } catch (cause) {
    throw chainError(cause, `reading the operator of ${node}`);
  }
}

/** For which node an account acts: another's operator for that one, anybody else for itself. */
export async function readActingFor(covey: CoveyChain, caller: Address): Promise<Address> {
  try {
    return await covey.publicClient.readContract({
      address: covey.deployment.stakeManager,
      abi: stakeManagerAbi,
      functionName: 'actingFor',
      args: [caller],
    });
  } catch (cause) {
    throw chainError(cause, `reading for whom ${caller} acts`);
  }
}
