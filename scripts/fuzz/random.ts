/** Park and Miller's generator: a seed repeats a run. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = (Math.abs(Math.trunc(seed)) % 2_147_483_646) + 1;
  }

  unit(): number {
    this.#state = (this.#state * 48_271) % 2_147_483_647;
    return this.#state / 2_147_483_647;
  }

  below(bound: number): number {
    return Math.floor(this.unit() * bound);
  }

  bytes(length: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length }, () => this.below(256));
  }

  one<T>(of: readonly T[]): T {
    return of[this.below(of.length)]!;
  }
}
