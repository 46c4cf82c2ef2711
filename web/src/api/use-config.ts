import { useQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import { callEndpoint, endpoints } from './endpoints.ts';
import { keys } from './keys.ts';

/** Chain, addresses and paths: fixed while the server runs. */
export function useConfigQuery() {
  return useQuery({
    queryKey: keys.api(endpoints.config, {}),
    queryFn: ({ signal }) => callEndpoint(endpoints.config, {}, signal),
    staleTime: Infinity,
  });
}

/** Where values come from: links to the gateway, the API and the transaction. */
export function useLinks() {
  const config = useConfigQuery();
  const gateway = computed(() => (config.data.value?.ipfsGateway ?? '/ipfs').replace(/\/+$/, ''));
  return {
    cid: (cid: string) => `${gateway.value}/${cid}`,
    tx: (source: { transactionHash: string }) => `/tx/${source.transactionHash}`,
  };
}
