/** On chain a round has at most 1024 submissions. */
export const MAX_UPDATES = 1024;

export interface Aggregation {
  result: Float32Array;
  /** Ascending; only for rules that select rows. Rows as the pre-aggregators made them. */
  selected?: number[];
}

/** Updates that are read a part at a time, and more than once: the same values each time. */
export interface RowSource {
  /** Updates. */
  readonly n: number;
  /** Values of each. */
  readonly d: number;
  /** Writes the values [from, to) of an update into `into`, which has to − from places. */
  read(row: number, from: number, to: number, into: Float32Array): void;
}

export interface ReadOptions {
  /** Looked at between tiles of columns. */
  signal?: AbortSignal | undefined;
  /** Called after each tile of columns; units are columns, over all passes. */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface AggregateOptions extends ReadOptions {
  /**
   * Rows that an update stands for, integers from 1, at most MAX_UPDATES together: as if it came so many times in its place,
   * but read once. One each where absent.
   */
  seats?: readonly number[] | undefined;
}
