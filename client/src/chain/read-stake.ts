import type { CoveyChain } from './chain.ts';
import { stakeManagerAbi } from '@covey/contracts/abi';
import type { Address } from 'viem';
import { chainError } from './contract-error.ts';

/** Own and delegated in wei, commission scaled by 1e18. */
export interface Stake {
  own: bigint;
  delegated: bigint;
  commission: bigint;
}

/** Active stake of a node now. */
export async function readStake(covey: CoveyChain, node: Address): Promise<Stake> {
  try {
    const contract = { address: covey.deployment.stakeManager, abi: stakeManagerAbi } as const;
    return { ...(await covey.publicClient.readContract({ ...contract, functionName: 'stakeOf', args: [node] })) };
  } catch (cause) {
    throw chainError(cause, `reading the stake of ${node}`);
  }
}

/** A node's stake as a round counts it: at the end of the second before the round opened. */
export async function readStakeAtOpening(
  covey: CoveyChain,
  { openedAt }: { openedAt: number },
  node: Address,
): Promise<Stake> {
  try {
    const contract = { address: covey.deployment.stakeManager, abi: stakeManagerAbi } as const;
    const args = [node, openedAt - 1] as const;
    return { ...(await covey.publicClient.readContract({ ...contract, functionName: 'stakeAt', args })) };
  } catch (cause) {
    throw chainError(cause, `reading the stake that ${node} had when the round opened`);
  }
}
