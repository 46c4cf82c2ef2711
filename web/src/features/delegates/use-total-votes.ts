import { getTotalVotes } from '@covey/governance';
import { useQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import { useConfigQuery } from '../../api/use-config.ts';
import { keys } from '../../api/keys.ts';
import { coveyOf } from '../../chain/covey.ts';

/** All votes that there are, in wei. Read from the chain. */
export function useTotalVotes() {
  const config = useConfigQuery();
  return useQuery({
    queryKey: keys.chain.totalVotes(),
    enabled: computed(() => config.data.value !== undefined),
    queryFn: () => getTotalVotes(coveyOf(config.data.value as NonNullable<typeof config.data.value>)),
  });
}
