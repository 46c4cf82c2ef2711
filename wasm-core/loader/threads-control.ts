// The block of shared memory through which a job reaches the threads. It lies in the core's own memory.
//
//   i32[WORDS]   see below
//   task[TASKS]  i32 export, i32 number of arguments, f64[ARGUMENTS] arguments, f64 result
//
// Tickets only grow: a task's slot is its ticket modulo TASKS, and a ticket is taken by compare-and-swap below END, so
// a thread that comes late from an earlier job can neither take a task twice nor skip one.

/** Grows with each job; threads sleep on it. */
export const JOB = 0;
/** Next ticket to take. */
export const NEXT = 1;
/** One behind the last ticket. */
export const END = 2;
/** Tickets done; the caller sleeps on it. */
export const DONE = 3;
/** 0, or one of the two below. */
export const FAILED = 4;
const WORDS = 16;

/** A task trapped; the threads live on. */
export const TRAPPED = 1;
/** A thread has ended; nothing can be asked of the others any more. */
export const DIED = 2;

export const TASKS = 256;
export const ARGUMENTS = 20;
const RESULT = 8 + ARGUMENTS * 8;
const TASK_BYTES = RESULT + 8;
export const CONTROL_BYTES = WORDS * 4 + TASKS * TASK_BYTES;

export class Control {
  readonly words: Int32Array;
  readonly #view: DataView;

  constructor(memory: WebAssembly.Memory, at: number) {
    this.words = new Int32Array(memory.buffer, at, WORDS);
    this.#view = new DataView(memory.buffer, at + WORDS * 4, TASKS * TASK_BYTES);
  }

  writeTask(ticket: number, index: number, args: readonly number[]): void {
    const at = slotOf(ticket);
    this.#view.setInt32(at, index);
    this.#view.setInt32(at + 4, args.length);
    args.forEach((value, i) => this.#view.setFloat64(at + 8 + i * 8, value));
  }

  /** The number of the export, and its arguments. */
  readTask(ticket: number): { index: number; args: number[] } {
    const at = slotOf(ticket);
    const count = this.#view.getInt32(at + 4);
    const args = Array.from({ length: count }, (_, i) => this.#view.getFloat64(at + 8 + i * 8));
    return { index: this.#view.getInt32(at), args };
  }

  writeResult(ticket: number, result: unknown): void {
    this.#view.setFloat64(slotOf(ticket) + RESULT, Number(result));
  }

  readResult(ticket: number): number {
    return this.#view.getFloat64(slotOf(ticket) + RESULT);
  }

  /** Takes tasks until none is left. What a task throws is kept for the caller, who looks when all are done. */
  drain(functions: readonly CoreFunction[]): unknown {
    const { words } = this;
    let failure: unknown;
    for (;;) {
      const ticket = Atomics.load(words, NEXT);
      // A difference, as tickets may wrap around 2^31.
      if (((Atomics.load(words, END) - ticket) | 0) <= 0) return failure;
      if (Atomics.compareExchange(words, NEXT, ticket, (ticket + 1) | 0) !== ticket) continue;
      const { index, args } = this.readTask(ticket);
      const run = functions[index];
      if (!run) throw new RangeError(`the core has no export ${index}`);
      try {
        this.writeResult(ticket, run(...args));
      } catch (error) {
        failure = error;
        Atomics.compareExchange(words, FAILED, 0, TRAPPED);
      }
      Atomics.add(words, DONE, 1);
      Atomics.notify(words, DONE);
    }
  }
}

export type CoreFunction = (...args: number[]) => unknown;

/** Exported functions in the module's own order, the same in every instance. */
export function functionsOf(module: WebAssembly.Module, instance: WebAssembly.Instance): CoreFunction[] {
  return functionNames(module).map((name) => instance.exports[name] as CoreFunction);
}

export function functionNames(module: WebAssembly.Module): string[] {
  return WebAssembly.Module.exports(module)
    .filter(({ kind }) => kind === 'function')
    .map(({ name }) => name);
}

function slotOf(ticket: number): number {
  return ((ticket >>> 0) % TASKS) * TASK_BYTES;
}
