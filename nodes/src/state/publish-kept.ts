import { isClientError } from '@covey/client';
import type { CoveyError } from '@covey/errors';
import { codecs, type ContentStore } from '@covey/client';
import { nodeError } from '../errors.ts';
import type { OnEvent } from '../events.ts';
import type { RoundKey, RoundState } from './round-state.ts';

export interface PublishKeptParameters extends RoundKey {
  state: RoundState<object>;
  store: ContentStore;
  what: 'submission' | 'model' | 'delta' | 'result';
  cid: string;
  onEvent: OnEvent;
}

/**
 * Stores what was kept until its reveal. Can be repeated. Content that is not in the state folder any more (a reveal
 * that the chain took back) must be in the store, else nobody could check what is about to be revealed.
 */
export async function publishKept(parameters: PublishKeptParameters): Promise<void> {
  const { state, store, taskId, round, what, cid, onEvent } = parameters;
  const bytes = await state.kept(parameters, cid);
  if (!bytes) {
    try {
      await store.get(cid);
      return;
    } catch (cause) {
      if (!isClientError(cause, 'CONTENT_NOT_FOUND', 'CONTENT_TIMEOUT')) throw cause;
      throw lost(parameters, { cause });
    }
  }
  const stored = what === 'result' ? await store.putBlock(codecs.dagJson, bytes) : await store.add(bytes);
  if (stored !== cid) throw lost(parameters, { got: stored });
  onEvent({ event: 'uploaded', what, cid, bytes: bytes.byteLength, taskId, round });
}

/** In neither place, or altered: then it has another CID, `got`. */
function lost(
  { state, taskId, round, what, cid }: PublishKeptParameters,
  found: { cause: unknown } | { got: string },
): CoveyError {
  return nodeError(
    'STATE_CORRUPT',
    'got' in found
      ? `The ${what} of round ${round} of task ${taskId} was altered in the state folder.`
      : `The ${what} of round ${round} of task ${taskId} is neither in the state folder nor in the content store.`,
    {
      expected: `${cid} in ${state.folder}`,
      hint: 'Start the node with the state folder that it committed with.',
      ...found,
    },
  );
}
