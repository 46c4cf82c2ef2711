import { readRoundCount, readTask, readTaskCount } from '@covey/client';
import type { CoveyChain } from '@covey/client';

export interface WatchedRound {
  taskId: bigint;
  round: number;
}

/** Which rounds a daemon still has to look at: those of its tasks that it has not declared done. */
export class WatchedRounds {
  readonly #covey: CoveyChain;
  readonly #tasks: readonly bigint[] | null;
  readonly #done = new Set<string>();
  readonly #finishedTasks = new Set<bigint>();

  /** @param tasks Only these; null for every task. */
  constructor(covey: CoveyChain, tasks: readonly bigint[] | null) {
    this.#covey = covey;
    this.#tasks = tasks;
  }

  finish(taskId: bigint, round: number): void {
    this.#done.add(`${taskId}/${round}`);
  }

  isDone(taskId: bigint, round: number): boolean {
    return this.#done.has(`${taskId}/${round}`);
  }

  async tasks(): Promise<bigint[]> {
    const count = await readTaskCount(this.#covey);
    const all = this.#tasks ?? Array.from({ length: Number(count) }, (_, index) => BigInt(index) + 1n);
    return all.filter((taskId) => taskId <= count && !this.#finishedTasks.has(taskId));
  }

  async current(): Promise<WatchedRound[]> {
    const rounds: WatchedRound[] = [];
    for (const taskId of await this.tasks()) {
      const count = await readRoundCount(this.#covey, taskId);
      let open = 0;
      for (let round = 0; round < count; round++) {
        if (this.isDone(taskId, round)) continue;
        open++;
        rounds.push({ taskId, round });
      }
      if (open === 0 && count > 0) {
        const { state, rounds: total } = await readTask(this.#covey, taskId);
        if (count >= total || (state !== 'approved' && state !== 'proposed')) this.#finishedTasks.add(taskId);
      }
    }
    return rounds;
  }
}
