import { readRoundCount, readTaskCount, readTaskProgress } from '@covey/client';
import type { CoveyChain } from '@covey/client';

/** Which rounds a daemon still has to look at: those of its tasks that it has not declared done. */
export class WatchedRounds {
  readonly #covey: CoveyChain;
  readonly #tasks: readonly bigint[] | null;
  readonly #done = new Set<string>();
  /** Tasks that are over; seen once, each is looked at once more, for what a daemon does beside rounds. */
  readonly #endedTasks = new Set<bigint>();
  readonly #finishedTasks = new Set<bigint>();

  /** @param tasks Only these; null for every task. */
  constructor(covey: CoveyChain, tasks: readonly bigint[] | null) {
    this.#covey = covey;
    this.#tasks = tasks;
  }

  finish(taskId: bigint, round: number): void {
    this.#done.add(`${taskId}/${round}`);
  }

  async tasks(): Promise<bigint[]> {
    const count = await readTaskCount(this.#covey);
    const all = this.#tasks ?? Array.from({ length: Number(count) }, (_, index) => BigInt(index) + 1n);
    return all.filter((taskId) => taskId <= count && !this.#finishedTasks.has(taskId));
  }

  /** Rounds of a task that are left. */
  async rounds(taskId: bigint): Promise<number[]> {
    const count = await readRoundCount(this.#covey, taskId);
    const open = Array.from({ length: count }, (_, round) => round).filter(
      (round) => !this.#done.has(`${taskId}/${round}`),
    );
    if (open.length === 0) {
      const { state } = await readTaskProgress(this.#covey, taskId);
      if (state !== 'approved' && state !== 'proposed') {
        if (this.#endedTasks.has(taskId)) this.#finishedTasks.add(taskId);
        this.#endedTasks.add(taskId);
      }
    }
    return open;
  }
}
