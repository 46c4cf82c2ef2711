/** Numbers that come one at a time, in the room of a typed array. */
export class NumberList<T extends Float64Array | Float32Array | Uint32Array> {
  readonly #make: (length: number) => T;
  #values: T;
  #length = 0;

  constructor(make: (length: number) => T) {
    this.#make = make;
    this.#values = make(1024);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const longer = this.#make(this.#length * 2);
      longer.set(this.#values);
      this.#values = longer;
    }
    this.#values[this.#length++] = value;
  }

  /** A view of what came. */
  values(): T {
    return this.#values.subarray(0, this.#length) as T;
  }
}
