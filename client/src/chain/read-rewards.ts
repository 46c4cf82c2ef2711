import { rewardDistributorAbi } from '@covey/contracts/abi';
import type { Payout } from '@covey/protocol';
import { getAddress, type Address, type ContractFunctionReturnType } from 'viem';
import { requireCount } from '../logs/check-counts.ts';
import type { CoveyChain } from './chain.ts';
import { chainError } from './contract-error.ts';
import { roundEvents, type RoundId, type RoundOnChain } from './read-round.ts';

/** What a round paid and pays, in wei; zeros before its claims are open. */
export type RewardsOnChain = ContractFunctionReturnType<typeof rewardDistributorAbi, 'view', 'rewards'>;

/** A claim that was paid. */
export interface ClaimOnChain {
  role: 'trainer' | 'validator';
  node: Address;
  payout: Payout;
}

export async function readRewards(
  covey: CoveyChain,
  { taskId, round, block }: RoundId & Partial<Pick<RoundOnChain, 'block'>>,
): Promise<RewardsOnChain> {
  try {
    return await covey.publicClient.readContract({
      address: covey.deployment.rewardDistributor,
      abi: rewardDistributorAbi,
      functionName: 'rewards',
      args: [taskId, round],
      ...(block !== undefined && { blockNumber: block }),
    });
  } catch (cause) {
    throw chainError(cause, `reading the rewards of round ${round} of task ${taskId}`);
  }
}

/** Claims of a round that were paid; they add up to what the contract counts, else LOGS_INCOMPLETE. */
export async function readClaims(covey: CoveyChain, info: RoundOnChain): Promise<ClaimOnChain[]> {
  const { taskId, round } = info;
  const logs = {
    address: covey.deployment.rewardDistributor,
    abi: rewardDistributorAbi,
    ...roundEvents(info),
  } as const;
  try {
    const [trainers, validators, { paid }] = await Promise.all([
      covey.events({ ...logs, eventName: 'TrainerClaimed' }),
      covey.events({ ...logs, eventName: 'ValidatorClaimed' }),
      readRewards(covey, info),
    ]);
    const claims: ClaimOnChain[] = [
      ...trainers.map(({ args }) => claimOf('trainer', args.node, args.payout)),
      ...validators.map(({ args }) => claimOf('validator', args.validator, args.payout)),
    ];
    const claimed = claims.reduce((sum, { payout }) => sum + payout.total, 0n);
    requireCount(`claims of round ${round} of task ${taskId}, in wei`, paid, claimed);
    return claims;
  } catch (cause) {
    throw chainError(cause, `reading the claims of round ${round} of task ${taskId}`);
  }
}

const claimOf = (role: ClaimOnChain['role'], node: Address, payout: Payout): ClaimOnChain => ({
  role,
  node: getAddress(node),
  payout: { ...payout },
});
