import type { CoveyChain } from './chain.ts';
import { stakeManagerAbi } from '@covey/contracts/abi';
import { allocatedStake } from '@covey/protocol';
import type { Address } from 'viem';
import { chainError } from './contract-error.ts';
import type { RoundOnChain } from './read-round.ts';

/** Own and delegated in wei, commission scaled by 1e18. */
export interface Stake {
  own: bigint;
  delegated: bigint;
  commission: bigint;
}

/** Active stake of a node now, or as of a mined block. */
export async function readStake(covey: CoveyChain, node: Address, block?: bigint): Promise<Stake> {
  const at = block === undefined ? {} : { blockNumber: block };
  try {
    const contract = { address: covey.deployment.stakeManager, abi: stakeManagerAbi } as const;
    const args = [node] as const;
    return { ...(await covey.publicClient.readContract({ ...contract, functionName: 'stakeOf', args, ...at })) };
  } catch (cause) {
    throw chainError(cause, `reading the stake of ${node}`);
  }
}

/**
 * What a round reads of a node's stake: the part that the round binds (`ratio`, 1e18 = all) of what it was at the end of the
 * second before the round opened, each floored.
 */
export async function readStakeInRound(
  covey: CoveyChain,
  { openedAt }: Pick<RoundOnChain, 'openedAt'>,
  { node, ratio }: { node: Address; ratio: bigint },
): Promise<Stake> {
  try {
    const contract = { address: covey.deployment.stakeManager, abi: stakeManagerAbi } as const;
    const args = [node, openedAt - 1] as const;
    const { own, delegated, commission } = await covey.publicClient.readContract({
      ...contract,
      functionName: 'stakeAt',
      args,
    });
    return { own: allocatedStake(own, ratio), delegated: allocatedStake(delegated, ratio), commission };
  } catch (cause) {
    throw chainError(cause, `reading the stake that ${node} had when the round opened`);
  }
}
