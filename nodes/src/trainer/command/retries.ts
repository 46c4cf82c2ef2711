/** Seconds after a first failure; doubled with each. */
const first = 5;
const longest = 600;

/** When a round's command may run again after it failed: ever later, and never so late that its window is wasted. */
export class Retries {
  readonly #rounds = new Map<string, { failures: number; notBefore: number }>();

  isEarly(taskId: bigint, round: number): boolean {
    return performance.now() < (this.#rounds.get(`${taskId}/${round}`)?.notBefore ?? 0);
  }

  /** @param left Seconds that it had. */
  failed(taskId: bigint, round: number, left: number): void {
    const key = `${taskId}/${round}`;
    const failures = (this.#rounds.get(key)?.failures ?? 0) + 1;
    const seconds = Math.min(longest, left / 8, first * 2 ** (failures - 1));
    this.#rounds.set(key, { failures, notBefore: performance.now() + seconds * 1000 });
  }
}
