import { gatewayStore, readListing } from '@covey/client';
import type { CoveyError } from '@covey/errors';
import { encodeCardDocument, modelCard } from '@covey/protocol/card';
import type { CardDocument } from '@covey/protocol/card';
import { useQueryClient } from '@tanstack/vue-query';
import { useConfig } from '@wagmi/vue';
import { getConnectorClient } from '@wagmi/vue/actions';
import { computed, ref } from 'vue';
import type { Address } from 'viem';
import { callEndpoint, endpoints } from '../../../api/endpoints.ts';
import type { AppConfig } from '../../../api/endpoints.ts';
import { writerOf } from '../../../chain/covey.ts';
import { sourcesOf } from '../../../chain/sources.ts';
import { pinDocument, pinFile } from '../../content/index.ts';
import { tradeError } from '../trade-error.ts';
import type { ProvenanceOutcome } from './messages.ts';
import { relist, type RelistStep } from './relist.ts';

export type CardStage = 'idle' | 'pinning' | RelistStep | 'indexing' | 'success' | 'error';

/** Puts a card on IPFS, with the whole card and the provenance that it is made from, and lists the model with it. */
export function usePublishCard(config: AppConfig) {
  const wagmi = useConfig();
  const queries = useQueryClient();
  const stage = ref<CardStage>('idle');
  const error = ref<CoveyError>();
  /** The new listing. */
  const listed = ref<string>();
  const busy = computed(() => !['idle', 'success', 'error'].includes(stage.value));

  async function publish(
    account: Address,
    listingId: string,
    card: CardDocument,
    whole: ProvenanceOutcome | undefined,
  ): Promise<void> {
    error.value = undefined;
    listed.value = undefined;
    stage.value = 'pinning';
    try {
      const words = await pinDocument(config.ipfsRpc, new Uint8Array(encodeCardDocument(card)));
      if (whole) {
        await pinDocument(config.ipfsRpc, whole.bytes);
        await pinFile(config.ipfsRpc, new TextEncoder().encode(modelCard(whole.provenance, card)));
      }
      const covey = writerOf(config, await getConnectorClient(wagmi, { account }));
      const reader = gatewayStore(sourcesOf(config).gateway);
      const old = await readListing(covey, BigInt(listingId));
      const id = String(await relist(covey, reader, old, words, (step) => (stage.value = step)));
      stage.value = 'indexing';
      await known(id);
      listed.value = id;
      stage.value = 'success';
      await queries.invalidateQueries();
    } catch (cause) {
      error.value = tradeError(cause);
      stage.value = 'error';
    }
  }

  return { stage, error, busy, listed, publish };
}

/** Waits until the server's index lists it, so that the link leads somewhere; a slow index is no failure. */
async function known(id: string): Promise<void> {
  for (let tries = 0; tries < 20; tries++) {
    const newest = await callEndpoint(endpoints.listings, { query: { limit: 10, sort: 'newest' } }).catch(
      () => undefined,
    );
    if (newest?.items.some((item) => item.id === id)) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
