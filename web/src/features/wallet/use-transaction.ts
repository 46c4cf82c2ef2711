import type { CoveyError } from '@covey/errors';
import { useConfig } from '@wagmi/vue';
import { getPublicClient, simulateContract, waitForTransactionReceipt, writeContract } from '@wagmi/vue/actions';
import { useQueryClient } from '@tanstack/vue-query';
import { computed, ref } from 'vue';
import type { Abi, Address, Hash } from 'viem';
import { webError } from '../../errors.ts';
import { walletError } from './wallet-error.ts';

export type TxStatus = 'idle' | 'checking' | 'signing' | 'pending' | 'success' | 'error';

export interface Call {
  address: Address;
  abi: Abi;
  functionName: string;
  args: readonly unknown[];
  account: Address;
}

/**
 * An estimate is of the present block. What lands in between, if only the next block's number, may make a path longer:
 * a second checkpoint of votes, for instance, is written anew where the estimate saw one overwritten.
 */
const roomy = (gas: bigint): bigint => gas + gas / 4n + 20_000n;

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
      const { request } = await simulateContract(config, call);
      const gas = await getPublicClient(config)?.estimateContractGas(call);
      status.value = 'signing';
      hash.value = await writeContract(config, { ...request, ...(gas !== undefined && { gas: roomy(gas) }) });
      status.value = 'pending';
      const receipt = await waitForTransactionReceipt(config, { hash: hash.value });
      if (receipt.status !== 'success') {
        throw webError('WEB_REVERTED', 'The transaction was mined but reverted.', { got: receipt.transactionHash });
      }
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
