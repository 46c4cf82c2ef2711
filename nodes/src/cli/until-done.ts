import { isCoveyError } from '@covey/errors';
import { poll } from '../daemon/poll.ts';
import type { OnEvent } from '../events.ts';

export interface UntilDoneParameters<T> {
  look: (signal: AbortSignal) => Promise<T>;
  isDone: (seen: T) => boolean;
  pollMs: number;
  onEvent: OnEvent;
}

/**
 * Looks again and again until what it sees is the end, or SIGINT or SIGTERM comes; gives what was seen last. The first
 * failure ends it; later ones only where they say that it can never succeed.
 */
export async function untilDone<T>({ look, isDone, pollMs, onEvent }: UntilDoneParameters<T>): Promise<T> {
  const stop = new AbortController();
  const onSignal = () => stop.abort(new Error('stopped'));
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  let seen: { value: T } | undefined;
  let failure: unknown;
  const tick = async () => {
    try {
      seen = { value: await look(stop.signal) };
      if (isDone(seen.value)) stop.abort();
    } catch (error) {
      if (seen && !isFinal(error)) throw error;
      failure = error;
      stop.abort();
    }
  };
  try {
    await poll(tick, { signal: stop.signal, pollMs, onEvent });
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
  if (failure !== undefined) throw failure;
  return seen!.value;
}

/** What the caller gave, or a rule, stands in the way; a contract may refuse what another was faster with. */
function isFinal(error: unknown): boolean {
  if (!isCoveyError(error) || error.retryable || error.contractError !== undefined) return false;
  return error.kind === 'input' || error.kind === 'refused';
}
