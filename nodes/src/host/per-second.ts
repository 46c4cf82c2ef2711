/** So many in each second, whoever they are of. */
export class PerSecond {
  readonly #most: number;
  #second = 0;
  #taken = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** False where there were so many already. */
  take(): boolean {
    const second = Math.floor(performance.now() / 1_000);
    if (second !== this.#second) [this.#second, this.#taken] = [second, 0];
    return ++this.#taken <= this.#most;
  }
}
