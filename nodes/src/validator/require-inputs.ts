import { clientError, isClientError, readBase, readLastResult } from '@covey/client';
import type { ContentReader, CoveyChain } from '@covey/client';
import { decodeResultDocument, isProtocolError, type TaskDocument } from '@covey/protocol';

export interface RequireInputsParameters {
  covey: CoveyChain;
  /** Keeps what it read, if it fits, until scoring. */
  reader: ContentReader;
  taskId: bigint;
  round: number;
  document: TaskDocument;
  signal?: AbortSignal | undefined;
}

/**
 * Throws unless what is known of a round's inputs before anybody submits can be fetched: its shard, its base model, and
 * where trainers are paid by contribution the last result with its aggregate.
 */
export async function requireInputs(parameters: RequireInputsParameters): Promise<void> {
  const { covey, reader, taskId, round, document, signal } = parameters;
  const byContribution = document.ranking === 'contribution';
  const [base, last] = await Promise.all([
    readBase(covey, taskId, round, document.initialModel),
    byContribution ? readLastResult(covey, taskId, round) : null,
  ]);
  const need = async (what: string, cid: string | null | undefined) => {
    if (cid == null) return undefined;
    try {
      return await reader.get(cid, signal ? { signal } : {});
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
    need('base model', base),
    need('last result', last).then((bytes) => bytes && need('last aggregate', lastDeltaOf(bytes))),
  ]);
}

/** Null where what was accepted is no document, as scoring takes it. */
function lastDeltaOf(bytes: Uint8Array): string | null {
  try {
    return decodeResultDocument(bytes).lastDelta;
  } catch (error) {
    if (isProtocolError(error)) return null;
    throw error;
  }
}
