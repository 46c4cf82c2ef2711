import { tokenVotingAbi } from '@covey/contracts/abi';
import { useQuery } from '@tanstack/vue-query';
import { computed, toValue } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import { chainClient } from '../../chain/client.ts';
import { useConfigQuery } from '../../api/use-config.ts';
import { keys } from '../../api/keys.ts';

/** Which calls of a proposal may fail while the others hold: bit i for call i, as TokenVoting keeps it. */
export function useFailureMap(proposalId: MaybeRefOrGetter<string>) {
  const config = useConfigQuery();
  return useQuery({
    queryKey: computed(() => keys.chain.failureMap(toValue(proposalId))),
    enabled: computed(() => config.data.value !== undefined),
    // Set when the proposal was made.
    staleTime: Infinity,
    queryFn: async (): Promise<bigint> => {
      const known = config.data.value;
      if (!known) throw new TypeError('no configuration');
      const [, , , , , allowFailureMap] = await chainClient(known).readContract({
        address: known.deployment.tokenVoting,
        abi: tokenVotingAbi,
        functionName: 'getProposal',
        args: [BigInt(toValue(proposalId))],
      });
      return allowFailureMap;
    },
  });
}
