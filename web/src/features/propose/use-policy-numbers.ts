import type { ParseFormContext } from '@covey/governance';
import { computed } from 'vue';
import { endpoints } from '../../api/endpoints.ts';
import type { PolicyParam } from '../../api/endpoints.ts';
import { useApi } from '../../api/use-api.ts';

/** Every governed number: what it is, what it may be, and how the catalogue's parser wants to be told. */
export function usePolicyNumbers() {
  const policy = useApi(endpoints.policy, {});
  const byName = computed(() => new Map<string, PolicyParam>(policy.data?.params.map((param) => [param.name, param])));
  const context = computed(
    () =>
      policy.data &&
      (Object.fromEntries(
        policy.data.params.map(({ name, unit, min, max }) => [name, { unit, min: BigInt(min), max: BigInt(max) }]),
      ) as ParseFormContext['policy']),
  );
  return { policy, byName, context };
}
