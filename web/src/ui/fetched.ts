/** Anything fetched, in each of its states; `QueryState` shows it as it is. */
export interface Fetched<T> {
  readonly data: T | undefined;
  readonly error: Error | null;
  readonly isFetching: boolean;
  /** It waits for this browser to be online. */
  readonly isPaused?: boolean;
  refetch(): unknown;
}
