import { setTimeout as sleep } from 'node:timers/promises';
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
  let lastError = '';
  while (!signal?.aborted) {
    try {
      await tick(signal);
      lastError = '';
    } catch (error) {
      if (signal?.aborted) break;
      const described = describe(error);
      if (described.message !== lastError) onEvent({ event: 'error', ...described });
      lastError = described.message;
    }
    await sleep(pollMs, undefined, signal ? { signal } : {}).catch(() => undefined);
  }
}

export function describe(error: unknown): { code: string; message: string } {
  if (isCoveyError(error)) return { code: error.code, message: error.shortMessage };
  const code = (error as { code?: unknown } | null)?.code;
  return {
    code: typeof code === 'string' ? code : 'UNEXPECTED',
    message: error instanceof Error ? error.message : String(error),
  };
}
