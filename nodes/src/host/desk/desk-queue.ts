import { codecs, type ContentReader } from '@covey/client';
import { isCoveyError } from '@covey/errors';
import { blockCid } from '@covey/protocol';
import { MAX_REQUEST_BYTES } from '@covey/protocol/inference';

/** Documents that are fetched at once. */
const MOST_FETCHES = 16;
/** Milliseconds that a document may take, at the first try and later: most that never come cost the first alone. */
const [FIRST_FETCH, LATER_FETCH] = [5_000, 30_000];
/** Milliseconds until content that was not there is looked for again, at first and at most. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [10_000, 600_000];
/** Requests that wait; where there are more, those that were tried most give way. */
const MOST_WAITING = 10_000;

export interface Waiting {
  /** Its document with its CID; null until it was fetched. */
  input: { cid: string; bytes: Uint8Array } | null;
  /** Whether its bytes came along, or are fetched by their CID. */
  isInline: boolean;
  isFetching: boolean;
  tries: number;
  next: number;
}

export interface DeskQueueParameters {
  reader: ContentReader;
  /** The CID of a request's document as the chain says it now; null where it is not to be answered any more. */
  cidOf: (requestId: bigint) => Promise<string | null>;
  /** What will never be had. */
  onPassed: (requestId: bigint, code: string) => void;
}

/** Requests that may be answered, by their numbers, and their documents. */
export class DeskQueue {
  readonly #p: DeskQueueParameters;
  readonly #waiting = new Map<bigint, Waiting>();
  #fetches = 0;

  constructor(parameters: DeskQueueParameters) {
    this.#p = parameters;
  }

  get ids(): bigint[] {
    return [...this.#waiting.keys()];
  }

  has(id: bigint): boolean {
    return this.#waiting.has(id);
  }

  /** @param bytes Its document, where it came along. */
  add(id: bigint, bytes: Uint8Array | null): void {
    const input = bytes && { cid: blockCid(codecs.raw, bytes), bytes };
    this.#waiting.set(id, { input, isInline: bytes !== null, isFetching: false, tries: 0, next: 0 });
    if (this.#waiting.size > MOST_WAITING) this.#giveWay();
  }

  delete(id: bigint): void {
    this.#waiting.delete(id);
  }

  /** What may be tried now, those that failed least first. */
  due(): [bigint, Waiting][] {
    const now = performance.now();
    return [...this.#waiting].filter(([, { next }]) => next <= now).sort(([, a], [, b]) => a.tries - b.tries);
  }

  /** Documents that come are for the next look: nobody waits for one that does not. */
  fetch(signal: AbortSignal | undefined): void {
    for (const [id, waiting] of this.due()) {
      if (this.#fetches >= MOST_FETCHES) return;
      if (waiting.input !== null || waiting.isFetching) continue;
      waiting.isFetching = true;
      this.#fetches++;
      void this.#fetchInput(id, waiting, signal).finally(() => {
        waiting.isFetching = false;
        this.#fetches--;
      });
    }
  }

  /** Each time after a longer pause. */
  later(waiting: Waiting): void {
    // Kept for nobody: it may be a mebibyte.
    if (!waiting.isInline) waiting.input = null;
    waiting.next = performance.now() + Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** waiting.tries++);
  }

  async #fetchInput(id: bigint, waiting: Waiting, signal: AbortSignal | undefined): Promise<void> {
    try {
      const cid = await this.#p.cidOf(id);
      if (cid === null) return;
      const timeoutMs = waiting.tries === 0 ? FIRST_FETCH : LATER_FETCH;
      const options = { maxBytes: MAX_REQUEST_BYTES, timeoutMs, ...(signal && { signal }) };
      waiting.input = { cid, bytes: await this.#p.reader.get(cid, options) };
    } catch (error) {
      // What is too large, or no document, is so for ever.
      if (!isCoveyError(error) || error.retryable) this.later(waiting);
      else if (!signal?.aborted) this.#p.onPassed(id, error.code);
    }
  }

  #giveWay(): void {
    const [most] = [...this.#waiting].sort(([, a], [, b]) => b.tries - a.tries);
    if (most) this.#waiting.delete(most[0]);
  }
}
