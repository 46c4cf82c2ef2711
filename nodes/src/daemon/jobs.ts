import { isClientError } from '@covey/client';
import type { OnEvent } from '../events.ts';
import { describe } from './poll.ts';

/** A job that failed waits this many looks more after each failure, doubled, and no more than so many. */
const mostLooks = 8;

export interface Where {
  taskId: bigint;
  round?: number;
}

interface Kept {
  running: Promise<void> | null;
  said: string;
  failures: number;
  /** `performance.now()` from when it may begin again. */
  notBefore: number;
}

/**
 * What a daemon does for one task or round, each by itself: none is begun twice at once, none waits for another, one that
 * fails is tried again later and later, and its failure is reported once.
 */
export class Jobs {
  readonly #onEvent: OnEvent;
  readonly #pollMs: number;
  readonly #jobs = new Map<string, Kept>();

  constructor(parameters: { onEvent: OnEvent; pollMs: number }) {
    this.#onEvent = parameters.onEvent;
    this.#pollMs = parameters.pollMs;
  }

  /** Begins it unless it runs, or failed a moment ago. Never throws. */
  begin(name: string, where: Where, signal: AbortSignal | undefined, work: () => Promise<void>): void {
    const key = `${name}/${where.taskId}/${where.round ?? ''}`;
    const job = this.#jobs.get(key) ?? { running: null, said: '', failures: 0, notBefore: 0 };
    this.#jobs.set(key, job);
    if (job.running || performance.now() < job.notBefore) return;
    job.running = work()
      .then(() => Object.assign(job, { failures: 0, said: '' }))
      .catch((error: unknown) => {
        if (!signal?.aborted) this.#failed(job, where, error);
      })
      .finally(() => (job.running = null))
      .then(() => undefined);
  }

  async settled(): Promise<void> {
    await Promise.all([...this.#jobs.values()].map(({ running }) => running));
  }

  #failed(job: Kept, where: Where, error: unknown): void {
    job.failures++;
    job.notBefore = performance.now() + this.#pollMs * Math.min(mostLooks, 2 ** (job.failures - 1));
    // An unreachable chain concerns all: who looks for tasks reports it.
    if (isClientError(error, 'CHAIN_UNREACHABLE')) return;
    const said = describe(error);
    if (job.said !== said.message) this.#onEvent({ event: 'error', ...where, ...said });
    job.said = said.message;
  }
}
