import { clientError, isClientError, readBase } from '@covey/client';
import type { ContentReader, CoveyChain } from '@covey/client';
import type { TaskDocument } from '@covey/protocol';

export interface RequireInputsParameters {
  covey: CoveyChain;
  /** Keeps what it read, if it fits, until scoring. */
  reader: ContentReader;
  taskId: bigint;
  round: number;
  document: TaskDocument;
  signal?: AbortSignal | undefined;
}

/** Throws unless what is known of a round's inputs before anybody submits, its shard and its base model, can be fetched. */
export async function requireInputs(parameters: RequireInputsParameters): Promise<void> {
  const { covey, reader, taskId, round, document, signal } = parameters;
  const base = await readBase(covey, taskId, round, document.initialModel);
  const inputs = [
    { what: 'validation shard', cid: document.validation.shards[round]?.ciphertext },
    { what: 'base model', cid: base },
  ];
  await Promise.all(
    inputs.map(async ({ what, cid }) => {
      if (cid === undefined) return;
      try {
        await reader.get(cid, signal ? { signal } : {});
      } catch (error) {
        if (!isClientError(error)) throw error;
        const message = `Not joining round ${round} of task ${taskId}: its ${what} cannot be fetched. ${error.shortMessage}`;
        throw clientError(error.code, message, {
          expected: cid,
          hint: 'Tried again until joining ends.',
          cause: error,
        });
      }
    }),
  );
}
