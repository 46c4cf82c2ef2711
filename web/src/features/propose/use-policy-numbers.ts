import { computed } from 'vue';
import { endpoints } from '../../api/endpoints.ts';
import type { PolicyParam } from '../../api/endpoints.ts';
import { useApi } from '../../api/use-api.ts';

/** Every governed number, with what holds now and what is announced. */
export function usePolicyNumbers() {
  const policy = useApi(endpoints.policy, {});
  const byName = computed(() => new Map<string, PolicyParam>(policy.data?.params.map((param) => [param.name, param])));
  return { policy, byName };
}
