import type { CoveyError } from '@covey/errors';
import { computed, ref, watch } from 'vue';
import type { Address } from 'viem';
import type { AppConfig } from '../../../api/endpoints.ts';
import { sourcesOf } from '../../../chain/sources.ts';
import { chooseFile, download } from './save-file.ts';
import { tradeError } from '../trade-error.ts';
import { useBuyerKeys } from './use-buyer-keys.ts';
import { useSealedTask } from './use-sealed-task.ts';

/** Opens a sealed model that was bought: its key, its file, and where the reader wants it. */
export function useOpening(config: AppConfig) {
  const keys = useBuyerKeys(config);
  const task = useSealedTask();
  const signing = ref(false);
  const error = ref<CoveyError>();
  const busy = computed(() => signing.value || task.status.value === 'running');
  let name = '';

  async function open(account: Address, order: { id: string; listingId: string }): Promise<void> {
    name = `covey-model-${order.listingId}.safetensors`;
    error.value = undefined;
    task.cancel();
    // First, while the click still counts: browsers ask where to save only then.
    const into = await chooseFile(name);
    if (into === undefined) return;
    signing.value = true;
    try {
      const own = await keys.keyOf(account, order.id);
      task.start({ ...sourcesOf(config), ask: 'open', orderId: order.id, own, into });
    } catch (cause) {
      error.value = tradeError(cause);
    } finally {
      signing.value = false;
    }
  }

  watch(task.outcome, (outcome) => {
    if (outcome?.ask === 'open' && outcome.file) download(outcome.file, name);
  });
  return { ...task, signing, error, busy, open };
}
