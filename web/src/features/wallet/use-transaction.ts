import { Sender } from '@covey/client';
import type { CoveyError } from '@covey/errors';
import { useConfig } from '@wagmi/vue';
import { getConnectorClient, getPublicClient } from '@wagmi/vue/actions';
import { useQueryClient } from '@tanstack/vue-query';
import { computed, ref } from 'vue';
import type { Abi, Address, Hash } from 'viem';
import { walletError } from './wallet-error.ts';

export type TxStatus = 'idle' | 'checking' | 'signing' | 'pending' | 'success' | 'error';

export interface Call {
  address: Address;
  abi: Abi;
  functionName: string;
  args: readonly unknown[];
  account: Address;
}

/** One transaction at a time: simulated first, so that a revert is explained before anything is signed or paid. */
export function useTransaction() {
  const config = useConfig();
  const queries = useQueryClient();
  const status = ref<TxStatus>('idle');
  const hash = ref<Hash>();
  const error = ref<CoveyError>();
  const busy = computed(() => ['checking', 'signing', 'pending'].includes(status.value));

  async function send(call: Call): Promise<boolean> {
    status.value = 'checking';
    hash.value = undefined;
    error.value = undefined;
    try {
      const { account, ...sent } = call;
      const wallet = await getConnectorClient(config, { account });
      const client = getPublicClient(config);
      await new Sender({ wallet, ...(client && { client }) }).send({
        ...sent,
        onProgress: (progress) => {
          status.value = progress.step;
          if (progress.step === 'pending') hash.value = progress.tx;
        },
      });
      status.value = 'success';
      await queries.invalidateQueries();
      return true;
    } catch (cause) {
      error.value = walletError(cause);
      status.value = 'error';
      return false;
    }
  }

  return { status, hash, error, busy, send };
}
