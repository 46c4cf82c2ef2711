import { useInfiniteQuery, useQuery } from '@tanstack/vue-query';
import { computed, reactive, toValue } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import type { z } from 'zod';
import { api } from './endpoints.ts';
import { keys } from './keys.ts';

/** What pages need of a query, unwrapped; `QueryState` takes it as it is. */
export interface Fetched<T> {
  readonly data: T | undefined;
  readonly error: Error | null;
  readonly isFetching: boolean;
  refetch(): unknown;
}

interface Endpoint<S extends z.ZodType> {
  path: MaybeRefOrGetter<string>;
  schema: S;
  enabled?: MaybeRefOrGetter<boolean>;
}

/** Reads one endpoint: `useApi({ ...endpoints.task, path: () => endpoints.task.path(id) })`. */
export function useApi<S extends z.ZodType>(endpoint: Endpoint<S>): Fetched<z.output<S>> {
  const path = computed(() => toValue(endpoint.path));
  const query = useQuery({
    queryKey: computed(() => keys.api(path.value)),
    queryFn: ({ signal }) => api.get(path.value, endpoint.schema, signal),
    enabled: computed(() => toValue(endpoint.enabled) ?? true),
  });
  return reactive({
    data: query.data,
    error: query.error,
    isFetching: query.isFetching,
    refetch: () => query.refetch(),
  }) as Fetched<z.output<S>>;
}

export interface FetchedList<T> extends Fetched<{ items: T[]; total: number }> {
  readonly hasMore: boolean;
  more(): unknown;
}

/** Reads a paginated endpoint page by page. */
export function useApiList<T>(endpoint: {
  path: (cursor: string | undefined) => string;
  schema: z.ZodType<{ items: T[]; nextCursor: string | null; total: number }>;
}): FetchedList<T> {
  const query = useInfiniteQuery({
    queryKey: computed(() => [...keys.api(endpoint.path(undefined)), 'pages']),
    queryFn: ({ pageParam, signal }) => api.get(endpoint.path(pageParam ?? undefined), endpoint.schema, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
  });
  return reactive({
    data: computed(() => {
      const pages = query.data.value?.pages;
      return pages && { items: pages.flatMap((page) => page.items), total: pages[0]?.total ?? 0 };
    }),
    error: query.error,
    isFetching: query.isFetching,
    hasMore: query.hasNextPage,
    refetch: () => query.refetch(),
    more: () => query.fetchNextPage(),
  }) as unknown as FetchedList<T>;
}
