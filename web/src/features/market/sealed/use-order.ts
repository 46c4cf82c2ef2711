import { orderModel, readListing } from '@covey/client';
import type { CoveyError } from '@covey/errors';
import { useQueryClient } from '@tanstack/vue-query';
import { computed, ref } from 'vue';
import type { Address } from 'viem';
import type { AppConfig } from '../../../api/endpoints.ts';
import { tradeError } from '../trade-error.ts';
import { useBuyerKeys } from './use-buyer-keys.ts';

export type OrderStage = 'idle' | 'signing' | 'ordering' | 'success' | 'error';

/** Orders a sealed model whose file was checked. */
export function useOrder(config: AppConfig) {
  const keys = useBuyerKeys(config);
  const queries = useQueryClient();
  const stage = ref<OrderStage>('idle');
  const error = ref<CoveyError>();
  const busy = computed(() => stage.value === 'signing' || stage.value === 'ordering');

  /** `price` is what the buyer was shown: should it have changed, the market refuses. */
  async function order(account: Address, listingId: string, price: bigint): Promise<void> {
    error.value = undefined;
    stage.value = 'signing';
    try {
      const covey = await keys.writer(account);
      const own = await keys.steadyKeys(covey, BigInt(listingId));
      stage.value = 'ordering';
      await orderModel(covey, { ...(await readListing(covey, BigInt(listingId))), price }, own);
      stage.value = 'success';
      await queries.invalidateQueries();
    } catch (cause) {
      error.value = tradeError(cause);
      stage.value = 'error';
    }
  }

  return { stage, error, busy, order };
}
