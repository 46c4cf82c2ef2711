import type { CoveyError } from '@covey/errors';
import type { Arena } from './arena.ts';
import { coreError } from './errors.ts';
import type { CoreExports } from './exports.ts';
import {
  ARGUMENTS,
  Control,
  CONTROL_BYTES,
  DIED,
  DONE,
  END,
  FAILED,
  functionNames,
  functionsOf,
  JOB,
  TASKS,
  type CoreFunction,
} from './threads-control.ts';
import { detach, sharingWorker, watch, type ThreadStart, type WorkerLike } from './threads-host.ts';

/** A call of one of the core's exports: its name and its arguments. Not of those that give a bigint. */
export type Call = {
  [K in keyof CoreExports]: CoreExports[K] extends (...args: infer Arguments extends number[]) => number | void
    ? readonly [K, ...Arguments]
    : never;
}[keyof CoreExports];

/** Runs calls that write to places of their own, in any order and at the same time; gives their results in order. */
export interface Threads {
  /** 1 when nothing runs at the same time. */
  readonly count: number;
  run(calls: readonly Call[]): number[];
  /** Ends the threads; later calls run on the caller's. */
  close(): void;
}

/** Looks at a hung job this often, in milliseconds, in case a death was not told. */
const PATIENCE = 200;
/** Looks at memory this many times before going to sleep: short jobs end sooner than a wake-up takes. */
const SPINS = 2_000;

export const MAX_THREADS = 64;

/**
 * `count` threads, the caller's own among them. One when the host cannot share memory with workers (a page without
 * cross-origin isolation) or the caller's thread may not wait for them (a page's main thread).
 */
export async function startThreads(
  count: number,
  module: WebAssembly.Module,
  instance: WebAssembly.Instance,
  memory: WebAssembly.Memory,
  arena: Arena,
): Promise<Threads> {
  const functions = functionsOf(module, instance);
  const names = functionNames(module);
  const Worker = count > 1 ? sharingWorker() : undefined;
  if (!Worker) return oneThread(names, functions);
  const at = arena.allocate(CONTROL_BYTES);
  const control = new Control(memory, at);
  const supervisor = new Worker(new URL('./threads-supervisor.ts', import.meta.url), { type: 'module' });
  await new Promise<void>((resolve, reject) => {
    const refuse = (why: string): void => {
      Atomics.store(control.words, FAILED, DIED);
      supervisor.terminate();
      reject(coreError('CORE_THREADS_FAILED', 'The threads could not be started', { got: why }));
    };
    watch(supervisor, (message) => (message === 'ready' ? resolve() : refuse(String(message))), refuse);
    const start: ThreadStart = { module, memory, control: at, workers: count - 1 };
    supervisor.postMessage(start);
  });
  detach(supervisor);
  return new Pool(count, names, functions, control, supervisor);
}

function oneThread(names: string[], functions: CoreFunction[]): Threads {
  return {
    count: 1,
    run: (calls) => calls.map(([name, ...args]) => functions[names.indexOf(name)]!(...args) as number),
    close: () => undefined,
  };
}

class Pool implements Threads {
  readonly #names: string[];
  readonly #functions: CoreFunction[];
  readonly #control: Control;
  #supervisor: WorkerLike | undefined;
  #count: number;

  constructor(count: number, names: string[], functions: CoreFunction[], control: Control, supervisor: WorkerLike) {
    this.#count = count;
    this.#names = names;
    this.#functions = functions;
    this.#control = control;
    this.#supervisor = supervisor;
  }

  get count(): number {
    return this.#count;
  }

  run(calls: readonly Call[]): number[] {
    if (this.#count === 1) return oneThread(this.#names, this.#functions).run(calls);
    const results: number[] = [];
    for (let start = 0; start < calls.length; start += TASKS)
      results.push(...this.#job(calls.slice(start, start + TASKS)));
    return results;
  }

  #job(calls: readonly Call[]): number[] {
    const { words } = this.#control;
    if (Atomics.load(words, FAILED) === DIED) throw died();
    const first = Atomics.load(words, END);
    calls.forEach(([name, ...args], i) => {
      if (args.length > ARGUMENTS) throw new RangeError(`${name} has more than ${ARGUMENTS} arguments`);
      this.#control.writeTask((first + i) | 0, this.#names.indexOf(name), args);
    });
    const end = (first + calls.length) | 0;
    Atomics.store(words, END, end);
    Atomics.add(words, JOB, 1);
    Atomics.notify(words, JOB);
    const failure = this.#control.drain(this.#functions);
    this.#await(end);
    if (Atomics.exchange(words, FAILED, 0) !== 0) {
      throw coreError('CORE_THREADS_FAILED', 'A thread of the core trapped', {
        hint: 'The work of this call is lost; the core can be used again.',
        cause: failure,
      });
    }
    return calls.map((_, i) => this.#control.readResult((first + i) | 0));
  }

  #await(end: number): void {
    const { words } = this.#control;
    for (let spins = 0; ; spins++) {
      const done = Atomics.load(words, DONE);
      if (done === end) return;
      if (Atomics.load(words, FAILED) === DIED) throw died();
      if (spins > SPINS) Atomics.wait(words, DONE, done, PATIENCE);
    }
  }

  close(): void {
    this.#supervisor?.terminate();
    this.#supervisor = undefined;
    this.#count = 1;
  }
}

function died(): CoveyError {
  return coreError('CORE_THREADS_FAILED', 'A thread of the core has died', {
    hint: 'Its work is lost and the core can no longer be used; close it and load another.',
  });
}
