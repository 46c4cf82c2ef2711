import { readCurrentValues } from '@covey/governance';
import { useQuery } from '@tanstack/vue-query';
import { computed, toValue } from 'vue';
import type { ComputedRef, MaybeRefOrGetter } from 'vue';
import { coveyOf } from '../../chain/covey.ts';
import { useConfigQuery } from '../../api/use-config.ts';
import { keys } from '../../api/keys.ts';
import type { CurrentValues } from './current-values.ts';
import type { DraftCall } from './draft.ts';
import { usePolicyNumbers } from './use-policy-numbers.ts';

/** What the fields of a call hold on chain now; empty where there is nothing to compare with. */
export function useCurrentValues(call: MaybeRefOrGetter<DraftCall>): ComputedRef<CurrentValues> {
  const config = useConfigQuery();
  const { policy, byName } = usePolicyNumbers();
  const kind = computed(() => toValue(call).kind);
  const query = useQuery({
    queryKey: computed(() => keys.chain.current(kind.value, toValue(call).values['taskId'] ?? '')),
    enabled: computed(() => config.data.value !== undefined && !kind.value.startsWith('policy.')),
    queryFn: async (): Promise<CurrentValues> => {
      const known = config.data.value;
      if (!known) return {};
      return await readCurrentValues(coveyOf(known), kind.value, toValue(call).values);
    },
  });
  return computed<CurrentValues>(() => {
    if (kind.value === 'policy.scorer') return policy.data ? { sha256: policy.data.scorer } : {};
    if (kind.value !== 'policy.set') return query.data.value ?? {};
    const param = byName.value.get(toValue(call).values['param'] ?? '');
    // A change starts from what is decided, which may not be in force yet.
    return param ? { value: BigInt(param.announced?.value ?? param.value) } : {};
  });
}
