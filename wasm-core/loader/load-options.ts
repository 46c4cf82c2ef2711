export type Hex = `0x${string}`;

export interface LoadOptions {
  /** Refuse any other binary with `CORE_SCORER_MISMATCH`. */
  expectedSha256?: Hex;
  /**
   * Threads for long calls, the caller's own among them: 1 (default) to 64. A page needs cross-origin isolation and a
   * worker for more than one; elsewhere `Core.threads` says 1.
   */
  threads?: number;
}
