import { setTimeout as sleep } from 'node:timers/promises';
import { chainError } from '@covey/client';
import { isCoveyError } from '@covey/errors';
import type { OnEvent } from '../events.ts';

export interface RunOptions {
  signal?: AbortSignal;
  /** Milliseconds between looks at the chain. Default 1000. */
  pollMs?: number;
  /** Look once and return; a failure is thrown. Default false. */
  once?: boolean;
}

/**
 * Calls `tick` again and again until aborted. What fails is reported once (not at every look) and tried again: a node
 * outlives an endpoint that is down, a peer that is slow and a step that somebody else was faster with.
 */
export async function poll(
  tick: (signal: AbortSignal | undefined) => Promise<void>,
  options: RunOptions & { onEvent: OnEvent },
): Promise<void> {
  const { signal, pollMs = 1000, once = false, onEvent } = options;
  if (once) return await tick(signal);
  const failing = new Failing(onEvent);
  while (!signal?.aborted) {
    try {
      await tick(signal);
      failing.over();
    } catch (error) {
      if (signal?.aborted) break;
      failing.with(error);
    }
    await sleep(pollMs, undefined, signal ? { signal } : {}).catch(() => undefined);
  }
}

/** Says a failure that repeats once, and how long it lasted when it is over. */
export class Failing {
  readonly #onEvent: OnEvent;
  readonly #where: { taskId?: bigint; round?: number };
  #said: { code: string; message: string } | null = null;
  #since = 0;

  constructor(onEvent: OnEvent, where: { taskId?: bigint; round?: number } = {}) {
    this.#onEvent = onEvent;
    this.#where = where;
  }

  with(error: unknown): void {
    const said = describe(error);
    if (!this.#said) this.#since = performance.now();
    if (said.message !== this.#said?.message) this.#onEvent({ event: 'error', ...this.#where, ...said });
    this.#said = said;
  }

  over(): void {
    if (!this.#said) return;
    const seconds = Math.round((performance.now() - this.#since) / 1000);
    this.#onEvent({ event: 'recovered', code: this.#said.code, seconds, ...this.#where });
    this.#said = null;
  }
}

/** What the chain's client throws by itself names the endpoint, whose address may hold a key: it is said in our words. */
function describe(thrown: unknown): { code: string; message: string } {
  const error = chainError(thrown, 'reading the chain');
  if (isCoveyError(error)) return { code: error.code, message: error.shortMessage };
  const code = (error as { code?: unknown } | null)?.code;
  return {
    code: typeof code === 'string' ? code : 'UNEXPECTED',
    message: error instanceof Error ? error.message : String(error),
  };
}
