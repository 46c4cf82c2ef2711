/** Remembers what was said, so that a daemon says at each look only what is new. */
export class Said {
  readonly #said = new Set<string>();

  /** True the first time. */
  first(...key: readonly (string | number | bigint)[]): boolean {
    const joined = key.join('/');
    if (this.#said.has(joined)) return false;
    this.#said.add(joined);
    return true;
  }
}
