import { sleep } from './sleep.ts';
import { isTimeout, remedyOf } from './refusal.ts';

/** Stretches in flight at once. */
const atOnce = 4;
/** After so many answers in a row the next stretches are twice as long. */
const answersBeforeGrowth = 4;
/** Timeouts in one read before the endpoint counts as not answering: each costs as long as the transport waits. */
const maxTimeouts = 3;
const maxWaits = 6;
const firstWaitMs = 250;

/** How many blocks an endpoint answers for in one question, as it has shown so far; kept between reads. */
export class RangeLimit {
  #size: bigint;
  #answers = 0;
  /** The shortest stretch that was refused; growth goes no further while that is recent. */
  #refused: { size: bigint; grows: number } | undefined;

  constructor(size: bigint) {
    this.#size = size;
  }

  get size(): bigint {
    return this.#size;
  }

  answered(size: bigint): void {
    if (size < this.#size || ++this.#answers < answersBeforeGrowth) return;
    this.#answers = 0;
    if (this.#refused && this.#size * 2n >= this.#refused.size && this.#refused.grows-- > 0) return;
    this.#size *= 2n;
  }

  refused(size: bigint): void {
    const half = size / 2n > 0n ? size / 2n : 1n;
    if (half < this.#size) this.#size = half;
    this.#answers = 0;
    // What was refused once is tried again ever more rarely.
    const grows =
      this.#refused === undefined ? 4 : Math.min(256, (this.#refused.grows > 0 ? this.#refused.grows : 4) * 4);
    this.#refused = { size, grows };
  }
}

export interface RangeOptions {
  signal?: AbortSignal | undefined;
  /** Blocks read so far, of all. */
  onProgress?: ((done: bigint, total: bigint) => void) | undefined;
}

/**
 * Asks for a range of blocks, in stretches as long as the endpoint answers for: a stretch that it refuses is asked for
 * again in halves. Throws what the endpoint says to a single block, or when it does not answer.
 */
export async function askInRanges<T>(
  from: bigint,
  to: bigint,
  limit: RangeLimit,
  ask: (from: bigint, to: bigint) => Promise<T>,
  { signal, onProgress }: RangeOptions = {},
): Promise<T[]> {
  const answers: { from: bigint; answer: T }[] = [];
  const total = to - from + 1n;
  const pending = [{ from, to }];
  let done = 0n;
  let timeouts = 0;
  let failed = false;

  const take = (): { from: bigint; to: bigint } | undefined => {
    const stretch = pending.pop();
    if (!stretch || stretch.to - stretch.from < limit.size) return stretch;
    const end = stretch.from + limit.size - 1n;
    pending.push({ from: end + 1n, to: stretch.to });
    return { from: stretch.from, to: end };
  };

  const one = async (stretch: { from: bigint; to: bigint }): Promise<void> => {
    const size = stretch.to - stretch.from + 1n;
    for (let waits = 0; ; waits++) {
      signal?.throwIfAborted();
      try {
        const answer = await ask(stretch.from, stretch.to);
        limit.answered(size);
        answers.push({ from: stretch.from, answer });
        done += size;
        onProgress?.(done, total);
        return;
      } catch (error) {
        signal?.throwIfAborted();
        const remedy = remedyOf(error);
        if (isTimeout(error) && ++timeouts >= maxTimeouts) throw error;
        if (remedy === 'wait' && waits < maxWaits) {
          await sleep(firstWaitMs * 2 ** waits, signal);
          continue;
        }
        if (remedy !== 'narrow' || size === 1n) throw error;
        limit.refused(size);
        pending.push(stretch);
        return;
      }
    }
  };

  const work = async (): Promise<void> => {
    for (let stretch = take(); stretch && !failed; stretch = take()) {
      try {
        await one(stretch);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  // One alone until an answer has shown how long the others may be.
  while (answers.length === 0) {
    const first = take();
    if (!first) break;
    await one(first);
  }
  // A worker that finds nothing to do ends, though another's refusal may leave more: that one does it itself.
  await Promise.all(Array.from({ length: atOnce }, work));
  return answers.sort((a, b) => (a.from < b.from ? -1 : 1)).map(({ answer }) => answer);
}
