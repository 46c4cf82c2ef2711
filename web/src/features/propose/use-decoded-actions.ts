import { decodeActions } from '@covey/governance';
import type { Action } from '@covey/governance';
import { wireAction } from '@covey/server/schema';
import { useQuery } from '@tanstack/vue-query';
import { computed, reactive, toValue } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import type { Action as ShownAction } from '../../api/endpoints.ts';
import { coveyOf } from '../../chain/covey.ts';
import { useConfigQuery } from '../../api/use-config.ts';
import { keys } from '../../api/keys.ts';
import type { Fetched } from '../../ui/fetched.ts';

/** Calls that are not proposed yet in words, with the values that the chain holds now beside the new ones. */
export function useDecodedActions(actions: MaybeRefOrGetter<readonly Action[]>): Fetched<ShownAction[]> {
  const config = useConfigQuery();
  const query = useQuery({
    queryKey: computed(() => keys.chain.decoded(toValue(actions))),
    enabled: computed(() => config.data.value !== undefined),
    queryFn: async (): Promise<ShownAction[]> => {
      const known = config.data.value;
      if (!known) return [];
      return (await decodeActions(coveyOf(known), toValue(actions))).map(wireAction);
    },
  });
  return reactive({
    data: query.data,
    error: query.error,
    isFetching: query.isFetching,
    refetch: () => query.refetch(),
  }) as Fetched<ShownAction[]>;
}
