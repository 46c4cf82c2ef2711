import { chainError } from '../chain/contract-error.ts';
import type { CoveyChain } from '../chain/chain.ts';
import { stakeManagerAbi } from '@covey/contracts/abi';
import type { Address } from 'viem';

/** A position in a node's pool; amounts in wei, ratios scaled by 1e18. */
export interface PositionOnChain {
  node: Address;
  owner: Address;
  active: bigint;
  unstaking: bigint;
  /** Unix seconds from when what unstakes can be withdrawn; 0 when nothing does. */
  availableAt: number;
  /** Rewards of a delegation. */
  claimable: bigint;
  /** Of the pool's slashes, how many have been collected from this position. */
  slashesCollected: number;
  pool: {
    own: bigint;
    delegated: bigint;
    commission: bigint;
    /** 0 when none is announced. */
    nextCommission: bigint;
    nextCommissionAt: number;
    openCases: number;
    slashes: number;
  };
}

export async function readPosition(covey: CoveyChain, node: Address, owner: Address): Promise<PositionOnChain> {
  const contract = { address: covey.deployment.stakeManager, abi: stakeManagerAbi } as const;
  try {
    const [position, [active, unstaking], stake, pool] = await Promise.all([
      covey.publicClient.readContract({ ...contract, functionName: 'position', args: [node, owner] }),
      covey.publicClient.readContract({ ...contract, functionName: 'worth', args: [node, owner] }),
      covey.publicClient.readContract({ ...contract, functionName: 'stakeOf', args: [node] }),
      covey.publicClient.readContract({ ...contract, functionName: 'pool', args: [node] }),
    ]);
    const { commission, nextCommission, nextCommissionAt, openCases, slashes } = pool;
    return {
      node,
      owner,
      active,
      unstaking,
      availableAt: position.availableAt,
      claimable: position.claimable,
      slashesCollected: position.slashesCollected,
      pool: {
        own: stake.own,
        delegated: stake.delegated,
        commission,
        nextCommission,
        nextCommissionAt,
        openCases,
        slashes,
      },
    };
  } catch (cause) {
    throw chainError(cause, `reading the position of ${owner} in the pool of ${node}`);
  }
}
