import type { CoveyError } from '@covey/errors';
import { bindingMessage, createProposal, registerProposal, signEnvelope } from '@covey/governance';
import type { Action, BindingType, SnapshotMessage } from '@covey/governance';
import { useQueryClient } from '@tanstack/vue-query';
import { useConfig } from '@wagmi/vue';
import { getConnectorClient } from '@wagmi/vue/actions';
import { computed, ref } from 'vue';
import { z } from 'zod';
import { api, callEndpoint, endpoints } from '../../../api/endpoints.ts';
import type { AppConfig } from '../../../api/endpoints.ts';
import { chainClient } from '../../../chain/client.ts';
import { writerOf } from '../../../chain/covey.ts';
import { pinFile } from '../../content/index.ts';
import { bodyOf, draftChoices, metadataOf } from '../draft.ts';
import type { Draft } from '../draft.ts';
import { walletError } from '../../wallet/index.ts';

export type PublishStage =
  'idle' | 'pinning' | 'sending' | 'signing' | 'posting' | 'registering' | 'indexing' | 'success' | 'error';

export interface PublishInput {
  draft: Draft;
  actions: readonly Action[];
  /** Seconds of voting; undefined: the shortest that the DAO allows. */
  duration: number | undefined;
  /** Seconds until a binding vote starts. */
  startsIn: number;
}

const acceptedSchema = z.looseObject({ id: z.string() });

/** Publishes a draft where it says; one at a time. `link` is the page of what was published. */
export function usePublish(config: AppConfig) {
  const wagmi = useConfig();
  const queries = useQueryClient();
  const stage = ref<PublishStage>('idle');
  const error = ref<CoveyError>();
  const link = ref<string>();
  const busy = computed(() => !['idle', 'success', 'error'].includes(stage.value));
  /** A binding vote that the hub has and the chain does not: registering can be tried again without signing anew. */
  const unregistered = ref<{ message: SnapshotMessage<'proposal'>; actions: readonly Action[] }>();
  const client = () => getConnectorClient(wagmi);

  async function guarded(work: () => Promise<string>): Promise<boolean> {
    error.value = undefined;
    link.value = undefined;
    try {
      const path = await work();
      stage.value = 'indexing';
      await known(path);
      link.value = path;
      stage.value = 'success';
      await queries.invalidateQueries();
      return true;
    } catch (cause) {
      error.value = walletError(cause);
      stage.value = 'error';
      return false;
    }
  }

  async function onChain({ draft, actions, duration }: PublishInput): Promise<string> {
    stage.value = 'pinning';
    const cid = await pinFile(config.ipfsRpc, new TextEncoder().encode(JSON.stringify(metadataOf(draft))));
    stage.value = 'sending';
    const { timestamp } = await chainClient(config).getBlock();
    const { proposalId } = await createProposal(writerOf(config, await client()), {
      metadata: `ipfs://${cid}`,
      actions,
      ...(duration !== undefined && { endDate: timestamp + BigInt(duration) }),
    });
    return `/proposals/${proposalId}`;
  }

  async function sign(message: Omit<SnapshotMessage<'proposal'>, 'from'>): Promise<string> {
    stage.value = 'signing';
    const envelope = await signEnvelope(await client(), { kind: 'proposal', message });
    stage.value = 'posting';
    return (await api.post(config.snapshot.sequencer, envelope, acceptedSchema)).id;
  }

  async function bySignal({ draft, duration = 0 }: PublishInput): Promise<string> {
    const block = await chainClient(config).getBlock();
    const now = Number(block.timestamp);
    const id = await sign({
      ...common(draft),
      space: config.snapshot.space,
      timestamp: now,
      type: draft.type,
      choices: draftChoices(draft),
      labels: [],
      start: now,
      end: now + duration,
      // Power is counted in the past: at the block before the newest.
      snapshot: Number(block.number) - 1,
      plugins: '{}',
      privacy: '',
      app: 'covey',
    });
    return `/proposals/snapshot/${id}`;
  }

  async function bound({ draft, actions, duration = 0, startsIn }: PublishInput, space: string): Promise<string> {
    const block = await chainClient(config).getBlock();
    const start = Number(block.timestamp) + startsIn;
    const signer = await client();
    const message = bindingMessage({
      ...common(draft),
      deployment: config.deployment,
      space,
      actions,
      author: signer.account.address,
      type: draft.type as BindingType,
      choices: draftChoices(draft),
      start,
      end: start + duration,
      snapshot: Number(block.number) - 1,
      timestamp: Number(block.timestamp),
    });
    await sign(message);
    unregistered.value = { message, actions };
    return await register();
  }

  async function register(): Promise<string> {
    const pending = unregistered.value;
    if (!pending) throw new TypeError('nothing to register');
    stage.value = 'registering';
    const { id } = await registerProposal(writerOf(config, await client()), pending);
    unregistered.value = undefined;
    return `/proposals/snapshot/${id}`;
  }

  function publish(input: PublishInput, space: string | undefined): Promise<boolean> {
    if (input.draft.target === 'tokenVoting') return guarded(() => onChain(input));
    if (input.draft.target === 'snapshotSignal') return guarded(() => bySignal(input));
    return guarded(() => bound(input, space ?? config.snapshot.space));
  }

  return { stage, error, link, busy, unregistered, publish, registerAgain: () => guarded(register) };
}

const common = (draft: Draft) => ({ title: draft.title.trim(), body: bodyOf(draft), discussion: '' });

/** Waits until the server's index lists it, so that the link leads somewhere; a slow index is no failure. */
async function known(path: string): Promise<void> {
  const id = path.split('/').at(-1);
  const list = path.includes('/snapshot/') ? endpoints.snapshotProposals : endpoints.proposals;
  for (let tries = 0; tries < 20; tries += 1) {
    const page = await callEndpoint(list, { query: { limit: 10 } }).catch(() => undefined);
    if (page?.items.some((item) => item.id === id)) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
