import type { CoveyError } from '@covey/errors';
import { signEnvelope } from '@covey/governance';
import type { SnapshotKind, SnapshotMessage, WireEnvelope } from '@covey/governance';
import { useQueryClient } from '@tanstack/vue-query';
import { useConfig } from '@wagmi/vue';
import { getConnectorClient } from '@wagmi/vue/actions';
import { computed, ref, shallowRef } from 'vue';
import { z } from 'zod';
import { api } from '../../api/endpoints.ts';
import type { AppConfig } from '../../api/endpoints.ts';
import { isWebError } from '../../errors.ts';
import { walletError } from '../wallet/index.ts';

export type HubStatus = 'idle' | 'signing' | 'sending' | 'success' | 'error';
const acceptedSchema = z.looseObject({ id: z.string(), ipfs: z.string() });

/**
 * Signs a Snapshot message in the wallet and posts it to the hub; nothing goes to the chain. What was signed is kept
 * when the hub cannot be reached, so that it is sent again without asking the wallet twice.
 */
export function useHubMessage(config: AppConfig) {
  const wagmi = useConfig();
  const queries = useQueryClient();
  const status = ref<HubStatus>('idle');
  const error = ref<CoveyError>();
  const signed = shallowRef<WireEnvelope>();
  const accepted = ref<{ id: string; ipfs: string }>();
  const busy = computed(() => status.value === 'signing' || status.value === 'sending');
  const unsent = computed(() => status.value === 'error' && signed.value !== undefined);

  async function guarded(work: () => Promise<void>): Promise<boolean> {
    error.value = undefined;
    try {
      await work();
      return true;
    } catch (cause) {
      error.value = isWebError(cause) ? cause : walletError(cause);
      status.value = 'error';
      return false;
    }
  }

  async function post(envelope: WireEnvelope) {
    status.value = 'sending';
    accepted.value = await api.post(config.snapshot.sequencer, envelope, acceptedSchema);
    status.value = 'success';
    await queries.invalidateQueries();
  }

  function sign<kind extends SnapshotKind>(kind: kind, message: Omit<SnapshotMessage<kind>, 'from'>): Promise<boolean> {
    return guarded(async () => {
      status.value = 'signing';
      signed.value = undefined;
      accepted.value = undefined;
      const client = await getConnectorClient(wagmi);
      signed.value = await signEnvelope(client, { kind, message });
      await post(signed.value);
    });
  }

  function resend(): Promise<boolean> {
    const envelope = signed.value;
    return envelope === undefined ? Promise.resolve(false) : guarded(() => post(envelope));
  }

  return { status, error, busy, unsent, signed, accepted, sign, resend };
}
