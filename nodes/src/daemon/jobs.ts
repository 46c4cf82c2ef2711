import { isClientError } from '@covey/client';
import type { OnEvent } from '../events.ts';
import { Failing } from './poll.ts';

/** A job that failed waits this many looks more after each failure, doubled, and no more than so many. */
const mostLooks = 8;

export interface Where {
  taskId: bigint;
  round?: number;
}

interface Kept {
  running: Promise<void> | null;
  failing: Failing;
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
    const job = this.#jobs.get(key) ?? {
      running: null,
      failing: new Failing(this.#onEvent, where),
      failures: 0,
      notBefore: 0,
    };
    this.#jobs.set(key, job);
    if (job.running || performance.now() < job.notBefore) return;
    job.running = work()
      .then(() => {
        job.failures = 0;
        job.failing.over();
      })
      .catch((error: unknown) => {
        if (!signal?.aborted) this.#failed(job, error);
      })
      .finally(() => (job.running = null))
      .then(() => undefined);
  }

  async settled(): Promise<void> {
    await Promise.all([...this.#jobs.values()].map(({ running }) => running));
  }

  #failed(job: Kept, error: unknown): void {
    job.failures++;
    job.notBefore = performance.now() + this.#pollMs * Math.min(mostLooks, 2 ** (job.failures - 1));
    // An unreachable chain concerns all: who looks for tasks reports it.
    if (!isClientError(error, 'CHAIN_UNREACHABLE')) job.failing.with(error);
  }
}
