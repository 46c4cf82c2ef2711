import type { Column } from './column.ts';
import type { ListView } from './list-view.ts';

/** A list as far as it has come. */
export interface Listed<T> {
  /** `total` counts what there is in all, where that is known. */
  readonly data: { readonly items: readonly T[]; readonly total?: number } | undefined;
  /** Why there is nothing. */
  readonly error: Error | null;
  /** Why there is not all that was asked for. */
  readonly failed: Error | null;
  readonly isFetching: boolean;
  /** It waits for this browser to be online. */
  readonly isPaused: boolean;
  readonly hasMore: boolean;
  /** Asks for what is missing. */
  refetch(): unknown;
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
