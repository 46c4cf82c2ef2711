import { Worker } from 'node:worker_threads';
import type { InferenceModel, InferenceRequest } from '@covey/protocol/inference';
import type { Hex } from 'viem';
import { nodeError } from '../../errors.ts';
import { fromSent } from '../../worker/run-worker.ts';
import type { Said } from './batcher.ts';

export interface ComputeData {
  wasm: Uint8Array;
  scorer: Hex;
  /** By the CID of the weights, which the threads share. */
  models: [string, InferenceModel][];
}

export type ToCompute = { type: 'ask'; id: number; request: InferenceRequest } | { type: 'cancel'; id: number };

export interface PoolParameters extends ComputeData {
  /** Threads, each with a core of its own. */
  threads: number;
  /** Milliseconds that a request may take, waiting included; ANSWER_TIME_LIMIT beyond. */
  maxMs: number;
}

export interface Computed {
  document: Uint8Array;
  /** Requests that were computed with it. */
  together: number;
}

interface Asked {
  onTokens: ((tokens: number[]) => void) | undefined;
  done: (computed: Computed) => void;
  fail: (error: unknown) => void;
}

/** A thread that says nothing for so many times `maxMs`, while it is asked, is ended. */
const patience = 2;

class Thread {
  readonly asked = new Map<number, Asked>();
  readonly worker: Worker;
  heard = performance.now();

  constructor(data: ComputeData, onEnd: (thread: Thread) => void) {
    this.worker = new Worker(new URL('./compute-worker.ts', import.meta.url), { workerData: data });
    this.worker.on('message', (said: Said | { type: 'ready' }) => this.#hear(said));
    this.worker.once('error', () => onEnd(this));
    this.worker.once('exit', () => onEnd(this));
  }

  #hear(said: Said | { type: 'ready' }): void {
    this.heard = performance.now();
    if (said.type === 'ready') return;
    const asked = this.asked.get(said.id);
    if (said.type === 'tokens') return asked?.onTokens?.(said.tokens);
    this.asked.delete(said.id);
    if (said.type === 'answered') asked?.done(said);
    else asked?.fail(fromSent(said.error));
  }

  fail(error: unknown): void {
    for (const { fail } of this.asked.values()) fail(error);
    this.asked.clear();
  }
}

/** Threads that answer requests; one that dies is replaced, and what it was asked is refused as worth another try. */
export class ComputePool {
  readonly #p: PoolParameters;
  readonly #threads = new Set<Thread>();
  readonly #watch: NodeJS.Timeout;
  #isOpen = true;
  #next = 0;

  constructor(parameters: PoolParameters) {
    this.#p = parameters;
    for (let i = 0; i < parameters.threads; i++) this.#start();
    this.#watch = setInterval(() => this.#endSilent(), Math.min(1_000, parameters.maxMs));
    this.#watch.unref();
  }

  /** The answer's document. */
  async ask(
    request: InferenceRequest,
    { signal, onTokens }: { signal?: AbortSignal | undefined; onTokens?: (tokens: number[]) => void } = {},
  ): Promise<Computed> {
    signal?.throwIfAborted();
    const [thread] = [...this.#threads].sort((a, b) => a.asked.size - b.asked.size);
    if (!thread) throw stopped();
    const id = this.#next++;
    const stop = () => {
      thread.asked.delete(id);
      thread.worker.postMessage({ type: 'cancel', id } satisfies ToCompute);
    };
    let late: NodeJS.Timeout | undefined;
    let onAbort: (() => void) | undefined;
    try {
      return await new Promise<Computed>((done, fail) => {
        late = setTimeout(() => fail(tooLong(this.#p.maxMs)), this.#p.maxMs);
        onAbort = () => fail(signal?.reason);
        signal?.addEventListener('abort', onAbort);
        if (thread.asked.size === 0) thread.heard = performance.now();
        thread.asked.set(id, { onTokens, done, fail });
        thread.worker.postMessage({ type: 'ask', id, request } satisfies ToCompute);
      });
    } finally {
      clearTimeout(late);
      if (onAbort) signal?.removeEventListener('abort', onAbort);
      if (thread.asked.has(id)) stop();
    }
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    clearInterval(this.#watch);
    const threads = [...this.#threads];
    this.#threads.clear();
    for (const thread of threads) thread.fail(stopped());
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }

  #start(): void {
    const { wasm, scorer, models } = this.#p;
    this.#threads.add(
      new Thread({ wasm, scorer, models }, (thread) => {
        if (!this.#threads.delete(thread)) return;
        thread.fail(nodeError('ANSWER_LOST', 'What computed the answer has ended.'));
        if (this.#isOpen) this.#start();
      }),
    );
  }

  #endSilent(): void {
    const limit = performance.now() - patience * this.#p.maxMs;
    for (const thread of this.#threads) {
      if (thread.asked.size > 0 && thread.heard < limit) void thread.worker.terminate();
    }
  }
}

const stopped = () => nodeError('HOST_STOPPING', 'The host is stopping.');

const tooLong = (maxMs: number) =>
  nodeError('ANSWER_TIME_LIMIT', 'The answer took longer than the host allows.', { expected: `at most ${maxMs} ms` });
