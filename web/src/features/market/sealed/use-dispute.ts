import { dispute } from '@covey/client';
import type { Proof } from '@covey/client';
import type { CoveyError } from '@covey/errors';
import { useQueryClient } from '@tanstack/vue-query';
import { computed, ref, watch } from 'vue';
import type { Address } from 'viem';
import type { AppConfig } from '../../../api/endpoints.ts';
import { sourcesOf } from '../../../chain/sources.ts';
import { tradeError } from '../trade-error.ts';
import { useBuyerKeys } from './use-buyer-keys.ts';
import { useSealedTask } from './use-sealed-task.ts';

export type DisputeStage = 'idle' | 'signing' | 'searching' | 'proving' | 'success' | 'nothing' | 'error';

/** Looks for what can be proven of an order, and brings the proof to the escrow. */
export function useDispute(config: AppConfig) {
  const keys = useBuyerKeys(config);
  const queries = useQueryClient();
  const search = useSealedTask();
  const step = ref<'idle' | 'signing' | 'proving' | 'success' | 'error'>('idle');
  const error = ref<CoveyError>();
  let of: { account: Address; orderId: string } | undefined;

  const stage = computed<DisputeStage>(() => {
    if (step.value !== 'idle') return step.value;
    if (search.status.value === 'running') return 'searching';
    return search.outcome.value?.ask === 'fault' && search.outcome.value.proof === null ? 'nothing' : 'idle';
  });
  const busy = computed(() => ['signing', 'searching', 'proving'].includes(stage.value));

  async function start(account: Address, orderId: string): Promise<void> {
    of = { account, orderId };
    error.value = undefined;
    search.cancel();
    await guarded('signing', async () => {
      const own = await keys.keyOf(account, orderId);
      step.value = 'idle';
      search.start({ ...sourcesOf(config), ask: 'fault', orderId, own });
    });
  }

  async function prove(proof: Proof): Promise<void> {
    await guarded('proving', async () => {
      if (!of) return;
      await dispute(await keys.writer(of.account), BigInt(of.orderId), proof);
      step.value = 'success';
      await queries.invalidateQueries();
    });
  }

  async function guarded(next: 'signing' | 'proving', work: () => Promise<void>): Promise<void> {
    step.value = next;
    try {
      await work();
    } catch (cause) {
      error.value = tradeError(cause);
      step.value = 'error';
    }
  }

  watch(search.outcome, (outcome) => {
    if (outcome?.ask === 'fault' && outcome.proof) void prove(outcome.proof);
  });
  return { stage, error, busy, search, start };
}
