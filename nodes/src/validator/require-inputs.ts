import { clientError, isClientError, readEarlier } from '@covey/client';
import type { ContentReader, CoveyChain } from '@covey/client';
import { OPENED_SHARDS, lastDeltaOf, takesAdapters, type TaskDocument } from '@covey/protocol';

export interface RequireInputsParameters {
  covey: CoveyChain;
  reader: ContentReader;
  /** Keeps and serves to the end of the round what came: it may be gone when the round is scored. */
  keep: (cid: string, bytes: Uint8Array) => Promise<void>;
  taskId: bigint;
  round: number;
  document: TaskDocument;
  signal?: AbortSignal | undefined;
}

/**
 * Throws unless what is known of a round's inputs before anybody submits can be fetched: its shard, its base model, and
 * where trainers are paid by contribution the opened shards and the last result with its aggregate.
 */
export async function requireInputs(parameters: RequireInputsParameters): Promise<void> {
  const { covey, reader, keep, taskId, round, document, signal } = parameters;
  const byContribution = document.ranking === 'contribution';
  const { base, last, opened } = await readEarlier(covey, { taskId, round }, byContribution ? OPENED_SHARDS : 0);
  const need = async (what: string, cid: string | null | undefined) => {
    if (cid == null) return undefined;
    try {
      const bytes = await reader.get(cid, signal ? { signal } : {});
      await keep(cid, bytes);
      return bytes;
    } catch (error) {
      if (!isClientError(error)) throw error;
      const message = `Not joining round ${round} of task ${taskId}: its ${what} cannot be fetched. ${error.shortMessage}`;
      throw clientError(error.code, message, {
        expected: cid,
        hint: 'Tried again until joining ends.',
        cause: error,
      });
    }
  };
  await Promise.all([
    need('validation shard', document.validation.shards[round]?.ciphertext),
    need('base model', base ?? document.initialModel),
    need('initial model', takesAdapters(document) ? document.initialModel : null),
    ...(byContribution ? opened : []).map(({ round: earlier }) =>
      need(`opened shard of round ${earlier}`, document.validation.shards[earlier]?.ciphertext),
    ),
    need('last result', byContribution ? last : null).then(
      (bytes) => bytes && need('last aggregate', lastDeltaOf(bytes)),
    ),
  ]);
}
