import { clientError, isClientError } from '@covey/client';
import type { ContentFault, ContentReader, ContentStore, FetchedSubmission, GetOptions } from '@covey/client';
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

type PinLimits = Pick<GetOptions, 'signal' | 'timeoutMs'>;

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

  /**
   * Of content with a fault, the fault is all that is kept: blocks that show it may be gone when its verdict is due. Pinning has
   * its time limit like a fetch: the store may have to find what another source gave, and who hides it there gains no time.
   */
  async keep(at: InRound, cid: string, found: FetchedSubmission, limits: PinLimits = {}): Promise<void> {
    const { taskId, round } = at;
    if ('fault' in found) {
      const fault = new TextEncoder().encode(found.fault);
      if (await this.#kept.keep(taskId, round, faultName(cid, found.maxBytes), fault)) return;
      throw nodeError('DISK_LIMIT', `There is no room to note what is wrong with ${cid}.`);
    }
    const isKept = await this.#kept.keep(taskId, round, cid, found.bytes);
    try {
      await this.#options.store.pin(cid, limits);
    } catch (error) {
      // In the folder it is safe for this node's own scoring; in neither it would be attested to and lost.
      if (!isKept || limits.signal?.aborted || !isClientError(error)) throw error;
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
        if (fits) return kept;
        try {
          return await reader.get(cid, options);
        } catch (error) {
          const { maxBytes } = options ?? {};
          const fault = maxBytes === undefined ? null : await this.#kept.kept(taskId, round, faultName(cid, maxBytes));
          if (!fault) throw error;
          const code = new TextDecoder().decode(fault) as ContentFault;
          throw clientError(code, `${cid} was refused when this node attested.`, { cause: error });
        }
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

/** Where a fault is kept, which holds for one limit: beside content, whose names are CIDs. */
function faultName(cid: string, maxBytes: number): string {
  return `${cid}.fault-${maxBytes}`;
}
