import { coveyTokenAbi } from '@covey/contracts/abi';
import type { CoveyChain } from '@covey/client';

/** Wei. */
export type GetTotalVotesReturnType = bigint;

/** All votes that there are: the token's supply and the bonuses of what is locked, at the last block that is over. */
export async function getTotalVotes(covey: CoveyChain<'token'>): Promise<GetTotalVotesReturnType> {
  const latest = await covey.publicClient.getBlockNumber({ cacheTime: 0 });
  return await covey.publicClient.readContract({
    address: covey.deployment.token,
    abi: coveyTokenAbi,
    functionName: 'getPastTotalSupply',
    args: [latest > 0n ? latest - 1n : 0n],
  });
}
