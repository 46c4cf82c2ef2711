import type { Column } from './column.ts';
import type { Fetched } from './fetched.ts';
import type { ListView } from './list-view.ts';

/** A list as far as it has come. `total` counts what there is in all, where that is known. */
export interface Listed<T> extends Fetched<{ readonly items: readonly T[]; readonly total?: number }> {
  /** Why there is not all that was asked for; `error` says why there is nothing. */
  readonly failed: Error | null;
  readonly hasMore: boolean;
}

/** What a list page is defined by. */
export interface ListProps<T> {
  list: Listed<T>;
  view: ListView;
  /** What tells one item from the others. */
  by: (item: T) => PropertyKey;
  /** With columns, the slot `row` is the row of a table; else `default` gets all items. */
  columns?: readonly Column[];
  emptyText: string;
  lines?: number;
}
