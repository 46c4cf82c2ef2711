import { Worker } from 'node:worker_threads';
import { scoreRound, type RoundResult, type ScoreRoundParameters } from '@covey/protocol';
import type { Core } from '@covey/wasm-core';

/** How a validator computes a round's result. */
export type Scoring = (parameters: Omit<ScoreRoundParameters, 'core' | 'onProgress'>) => Promise<RoundResult>;

/** In this thread, which is busy for as long as the core works on one model. */
export const scoreHere =
  (core: Core): Scoring =>
  (parameters) =>
    scoreRound({ ...parameters, core });

/** What the thread asks for and says. */
export type FromWorker =
  | { type: 'fetch'; id: number; cid: string; maxBytes: number }
  | { type: 'done'; result: RoundResult }
  | { type: 'failed'; error: SentError };

/** The answer to a `fetch`. */
export type ToWorker = { id: number; bytes: Uint8Array } | { id: number; error: SentError };

/** Errors lose their class and code on the way between threads. */
export interface SentError {
  code?: string;
  message: string;
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

/** In a thread of its own with a core of its own, so that nothing here waits for it. Content is fetched by this one. */
export const scoreInWorker: Scoring = async ({ task, inputs, fetch, signal }) => {
  signal?.throwIfAborted();
  const worker = new Worker(new URL('./score-worker.ts', import.meta.url), { workerData: { task, inputs } });
  const abort = () => void worker.terminate();
  signal?.addEventListener('abort', abort);
  try {
    return await new Promise<RoundResult>((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        if (message.type === 'done') resolve(message.result);
        else if (message.type === 'failed') reject(fromSent(message.error));
        else void answer(message);
      });
      worker.once('error', reject);
      // After a result this changes nothing.
      worker.once('exit', (code) => {
        reject(signal?.aborted ? (signal.reason as Error) : new Error(`The scoring thread ended (${code}).`));
      });
      async function answer({ id, cid, maxBytes }: FromWorker & { type: 'fetch' }): Promise<void> {
        let said: ToWorker;
        try {
          said = { id, bytes: await fetch(cid, { maxBytes, ...(signal ? { signal } : {}) }) };
        } catch (error) {
          said = { id, error: toSent(error) };
        }
        worker.postMessage(said);
      }
    });
  } finally {
    signal?.removeEventListener('abort', abort);
    await worker.terminate();
  }
};
