import { isClientError, type ContentReader, type ContentStore } from '@covey/client';
import { nodeError } from '../errors.ts';
import type { OnEvent } from '../events.ts';
import { KeptContent } from '../state/kept-content.ts';

export interface AttestedContentOptions {
  /** The node's own folder, and how large it may become. */
  folder: string;
  maxBytes: number | undefined;
  store: ContentStore;
  /** Where content comes from that is not kept. */
  reader: ContentReader;
  onEvent: OnEvent;
}

interface InRound {
  taskId: bigint;
  round: number;
}

/**
 * What a validator found while it attested: kept in its folder and pinned in its store, where others get it, until the round
 * is over. Whoever served it first may vanish.
 */
export class AttestedContent {
  readonly #options: AttestedContentOptions;
  readonly #kept: KeptContent;

  constructor(options: AttestedContentOptions) {
    this.#options = options;
    this.#kept = new KeptContent(options.folder, options.maxBytes);
  }

  async keep({ taskId, round }: InRound, cid: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    const isKept = await this.#kept.keep(taskId, round, cid, bytes);
    try {
      await this.#options.store.pin(cid, signal ? { signal } : {});
    } catch (error) {
      // In the folder it is safe for this node's own scoring; in neither it would be attested to and lost.
      if (!isKept || signal?.aborted || !isClientError(error)) throw error;
      const message = `Not pinned: ${error.shortMessage}`;
      this.#options.onEvent({ event: 'error', taskId, round, code: error.code, message });
    }
  }

  /** What was kept of a round first: a node that was restarted has it, whoever else does. */
  reader({ taskId, round }: InRound): ContentReader {
    const { reader } = this.#options;
    return {
      ...reader,
      get: async (cid, options) => {
        const kept = await this.#kept.kept(taskId, round, cid);
        const fits = kept && (options?.maxBytes === undefined || kept.byteLength <= options.maxBytes);
        return fits ? kept : await reader.get(cid, options);
      },
    };
  }

  /** Throws DISK_LIMIT where not even one submission would fit into the node's folder. */
  async requireRoom(taskId: bigint, maxSubmissionBytes: bigint): Promise<void> {
    if (await this.#kept.hasRoom(Number(maxSubmissionBytes))) return;
    throw nodeError('DISK_LIMIT', `There is no room for the submissions of task ${taskId}.`, {
      expected: `${maxSubmissionBytes} bytes within ${this.#options.maxBytes}`,
    });
  }

  async forget({ taskId, round }: InRound): Promise<void> {
    await this.#kept.forget(taskId, round);
  }
}
