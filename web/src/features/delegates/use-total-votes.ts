import { coveyTokenAbi } from '@covey/contracts/abi';
import { useQuery } from '@tanstack/vue-query';
import { createPublicClient, http } from 'viem';
import { computed } from 'vue';
import { useConfigQuery } from '../../api/use-config.ts';
import { keys } from '../../api/keys.ts';

/** All votes that there are, in wei: the token's supply and the bonuses of what is locked. Read from the chain. */
export function useTotalVotes() {
  const config = useConfigQuery();
  return useQuery({
    queryKey: keys.chain.totalVotes(),
    enabled: computed(() => config.data.value !== undefined),
    queryFn: async () => {
      const { rpcUrl, deployment } = config.data.value as NonNullable<typeof config.data.value>;
      const client = createPublicClient({ transport: http(rpcUrl) });
      // Only past blocks can be asked for.
      const block = (await client.getBlockNumber({ cacheTime: 0 })) - 1n;
      return await client.readContract({
        address: deployment.token,
        abi: coveyTokenAbi,
        functionName: 'getPastTotalSupply',
        args: [block > 0n ? block : 0n],
      });
    },
  });
}
