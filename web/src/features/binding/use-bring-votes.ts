import type { CoveyError } from '@covey/errors';
import { parseEnvelope, submitVotes } from '@covey/governance';
import type { SignedVote, SubmitVotesReturnType } from '@covey/governance';
import { useQueryClient } from '@tanstack/vue-query';
import { useConfig } from '@wagmi/vue';
import { getConnectorClient } from '@wagmi/vue/actions';
import { computed, ref, shallowRef } from 'vue';
import type { Address, Hex } from 'viem';
import { callEndpoint, endpoints } from '../../api/endpoints.ts';
import type { AppConfig } from '../../api/endpoints.ts';
import { writerOf } from '../../chain/covey.ts';
import { isWebError, webError } from '../../errors.ts';
import { walletError } from '../wallet/index.ts';

export interface Batch {
  hash: Hex;
  /** Votes sent so far, with this batch. */
  done: number;
  gas: bigint;
}

const PAGE = 100;

/** All votes that the hub has and the chain does not; whether they are what they claim is checked before they are sent. */
async function pendingEnvelopes(id: Hex): Promise<SignedVote[]> {
  const votes: SignedVote[] = [];
  let cursor: string | undefined;
  do {
    const page = await callEndpoint(endpoints.snapshotEnvelopes, {
      params: { digest: id },
      query: { pending: 'true', limit: PAGE, cursor },
    });
    votes.push(...page.items.flatMap(asVote));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return votes;
}

/** A signed vote out of JSON of anybody, or nothing. */
function asVote(json: unknown): SignedVote[] {
  try {
    const { address, sig, data } = json as Record<string, unknown>;
    const envelope = parseEnvelope({ address, sig, data });
    return envelope.kind === 'vote' ? [envelope] : [];
  } catch {
    return [];
  }
}

/** Votes in a file that somebody downloaded: one message, or a list of them. */
export async function votesInFile(file: File): Promise<SignedVote[]> {
  let json: unknown;
  try {
    json = JSON.parse(await file.text());
  } catch (cause) {
    throw webError('WEB_SCHEMA', `${file.name} is not JSON.`, { cause });
  }
  const votes = [json].flat().flatMap(asVote);
  if (votes.length === 0) throw webError('WEB_SCHEMA', `${file.name} holds no signed vote.`);
  return votes;
}

/** Brings signed votes on chain, batch after batch; each batch is one transaction that the wallet asks about. */
export function useBringVotes(config: AppConfig, plugin: () => Address, id: () => Hex) {
  const wagmi = useConfig();
  const queries = useQueryClient();
  const status = ref<'idle' | 'collecting' | 'sending' | 'success' | 'error'>('idle');
  const batches = shallowRef<Batch[]>([]);
  const total = ref(0);
  const result = shallowRef<SubmitVotesReturnType>();
  const error = ref<CoveyError>();
  const busy = computed(() => status.value === 'collecting' || status.value === 'sending');

  /** `own`: votes from files, beside those of the hub. */
  async function bring(own: readonly SignedVote[] = []) {
    status.value = 'collecting';
    error.value = undefined;
    result.value = undefined;
    batches.value = [];
    total.value = 0;
    try {
      // A server that is down or withholds votes must not keep those out that somebody holds.
      const listed = await pendingEnvelopes(id()).catch((cause: unknown) => {
        if (own.length === 0) throw cause;
        return [];
      });
      const wallet = await getConnectorClient(wagmi);
      status.value = 'sending';
      const deployment = { ...config.deployment, snapshotVoting: plugin() };
      result.value = await submitVotes(writerOf({ ...config, deployment }, wallet), {
        id: id(),
        envelopes: [...listed, ...own],
        onProgress: ({ done, total: all, receipt }) => {
          batches.value = [...batches.value, { hash: receipt.transactionHash, done, gas: receipt.gasUsed }];
          total.value = all;
        },
      });
      status.value = 'success';
    } catch (cause) {
      error.value = isWebError(cause) ? cause : walletError(cause);
      status.value = 'error';
    } finally {
      await queries.invalidateQueries();
    }
  }

  return { status, batches, total, result, error, busy, bring };
}
