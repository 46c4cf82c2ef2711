import { Worker } from 'node:worker_threads';
import { nodeError } from '../errors.ts';

/** Errors lose their class on the way between threads. */
export interface SentError {
  code?: string;
  message: string;
}

/** How every thread ends; what else it says is its own. */
export type Outcome<Result> = { type: 'done'; result: Result } | { type: 'failed'; error: SentError };

/** What the work of one round may take. */
export interface ComputeLimits {
  /** Bytes that the whole process may hold; MEMORY_LIMIT beyond. */
  maxMemoryBytes?: number | undefined;
  /** Milliseconds; TIME_LIMIT beyond. */
  maxComputeMs?: number | undefined;
}

export interface RunWorkerParameters<Other> {
  url: URL;
  data: unknown;
  limits?: ComputeLimits | undefined;
  signal?: AbortSignal | undefined;
  /** Hears what the thread says before it ends, and may answer. */
  onMessage: (message: Other, post: (answer: unknown) => void) => void;
}

/** Milliseconds between two looks at the memory that the process holds. */
const memoryLookMs = 250;

/** Does one piece of work in a thread of its own and ends it, whatever comes: result, failure, abort or a limit. */
export async function runWorker<Result, Other = never>(parameters: RunWorkerParameters<Other>): Promise<Result> {
  const { url, data, signal, onMessage, limits = {} } = parameters;
  signal?.throwIfAborted();
  const worker = new Worker(url, { workerData: data });
  let stop: (reason: unknown) => void = () => undefined;
  const onAbort = () => stop(signal?.reason);
  const late = limits.maxComputeMs === undefined ? undefined : setTimeout(() => stop(tooLong()), limits.maxComputeMs);
  const watch =
    limits.maxMemoryBytes === undefined
      ? undefined
      : setInterval(() => process.memoryUsage.rss() > limits.maxMemoryBytes! && stop(tooMuch()), memoryLookMs);
  signal?.addEventListener('abort', onAbort);
  try {
    return await new Promise<Result>((resolve, reject) => {
      stop = reject;
      worker.on('message', (message: Outcome<Result> | Other) => {
        const outcome = message as Outcome<Result>;
        if (outcome.type === 'done') resolve(outcome.result);
        else if (outcome.type === 'failed') reject(fromSent(outcome.error));
        else onMessage(message as Other, (answer) => worker.postMessage(answer));
      });
      worker.once('error', reject);
      // After a result this changes nothing.
      worker.once('exit', (code) => reject(new Error(`The thread ended (${code}).`)));
    });
  } finally {
    signal?.removeEventListener('abort', onAbort);
    clearTimeout(late);
    clearInterval(watch);
    await worker.terminate();
  }

  function tooLong() {
    return nodeError('TIME_LIMIT', 'Computing took longer than the operator allows.', {
      expected: `at most ${limits.maxComputeMs} ms`,
    });
  }

  function tooMuch() {
    return nodeError('MEMORY_LIMIT', 'Computing took more memory than the operator allows.', {
      expected: `at most ${limits.maxMemoryBytes} bytes`,
    });
  }
}

export function toSent(error: unknown): SentError {
  const code = (error as { code?: unknown } | null)?.code;
  return {
    message: error instanceof Error ? error.message : String(error),
    ...(typeof code === 'string' ? { code } : {}),
  };
}

export function fromSent({ code, message }: SentError): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code });
}
