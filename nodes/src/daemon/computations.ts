import type { InRound } from '@covey/client';
import type { Computing, OnEvent } from '../events.ts';

export interface Computation extends InRound {
  what: Computing;
  /** Seconds that it has taken. */
  taken: number;
  /** Seconds that it may still take; null where nothing tells. */
  left: number | null;
}

interface Running extends InRound {
  what: Computing;
  began: number;
  expected: number | null;
  part: number;
}

/** What is being trained or scored, and how long it may still take: by its progress, by the last time, or by a bound. */
export class Computations {
  readonly #onEvent: OnEvent;
  readonly #running = new Set<Running>();
  /** Seconds that the last one took, by task. */
  readonly #last = new Map<string, number>();

  constructor(onEvent: OnEvent) {
    this.#onEvent = onEvent;
  }

  /** @param bound Seconds that it may take at most, where that is known. */
  async run<T>(at: InRound & { what: Computing }, bound: number | null, work: () => Promise<T>): Promise<T> {
    const { taskId, round, what } = at;
    const key = `${what}/${taskId}`;
    const expected = this.#last.get(key) ?? bound;
    const running: Running = { taskId, round, what, expected, began: performance.now(), part: 0 };
    this.#running.add(running);
    try {
      const result = await work();
      const seconds = secondsSince(running.began);
      this.#last.set(key, seconds);
      this.#onEvent({ event: 'computed', what, seconds, taskId, round });
      return result;
    } finally {
      this.#running.delete(running);
    }
  }

  /** So much of it is done, 0 to 1. */
  progress({ taskId, round }: InRound, part: number): void {
    for (const one of this.#running) if (one.taskId === taskId && one.round === round) one.part = part;
  }

  get all(): Computation[] {
    return [...this.#running].map(({ taskId, round, what, began, expected, part }) => {
      const taken = secondsSince(began);
      const left =
        part > 0 ? (taken * (1 - part)) / part : expected === null || taken > expected ? null : expected - taken;
      return { taskId, round, what, taken, left };
    });
  }
}

const secondsSince = (began: number) => (performance.now() - began) / 1000;
