import { createCovey } from '@covey/client';
import type { AllocationOnChain } from '@covey/client';
import { useQuery } from '@tanstack/vue-query';
import { computed, toValue } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import type { Address } from 'viem';
import type { AppConfig } from '../../../api/endpoints.ts';
import { keys } from '../../../api/keys.ts';
import { chainClient } from '../../../chain/client.ts';

/** What the keys of a node can do now; read from the chain, not from the index. Ratios: 1e18 = all. */
export interface RunState {
  operator: Address | null;
  /** For which node the account acts: for itself, where nobody has given it an office. */
  actingFor: Address;
  allocations: AllocationOnChain[];
  free: bigint;
}

export function useRunState(config: AppConfig, node: MaybeRefOrGetter<Address>, account: MaybeRefOrGetter<Address>) {
  const covey = createCovey({ deployment: config.deployment, client: chainClient(config) });
  return useQuery({
    queryKey: computed(() => keys.wallet.run(toValue(node), toValue(account))),
    queryFn: async (): Promise<RunState> => {
      const { allocations: read, operator } = covey.node(toValue(node));
      const [named, actingFor, { allocations, free }] = await Promise.all([
        operator(),
        covey.node(toValue(account)).actingFor(),
        read(),
      ]);
      return { operator: named, actingFor, allocations, free };
    },
  });
}
