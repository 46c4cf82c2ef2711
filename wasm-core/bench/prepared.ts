/** A kernel of the core, set up in its memory. */
export interface Prepared {
  run(): void;
  /** What the last run wrote, where C computes the same bits. */
  result?(): Uint8Array;
}
