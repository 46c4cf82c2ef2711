import type { DaemonOptions } from '../daemon/run-rounds.ts';
import type { DaemonOptions as DaemonArguments } from './options.ts';

/** Runs until SIGINT or SIGTERM: the step under way ends first, so nothing is left half done. */
export async function runDaemon(
  options: Partial<DaemonArguments>,
  run: (daemon: DaemonOptions) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const onSignal = () => stop.abort(new Error('stopped'));
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  try {
    await run({
      ...(options.pollMs === undefined ? {} : { pollMs: options.pollMs }),
      tasks: options.task ?? null,
      signal: stop.signal,
      once: options.once ?? false,
    });
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}
