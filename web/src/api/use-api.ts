import type { AnswerOf, Asked, Endpoint, Page } from '@covey/server/schema';
import { useInfiniteQuery, useQuery } from '@tanstack/vue-query';
import { computed, reactive, toValue } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import type { z } from 'zod';
import { callEndpoint } from './endpoints.ts';
import { keys } from './keys.ts';

/** What pages need of a query, unwrapped; `QueryState` takes it as it is. */
export interface Fetched<T> {
  readonly data: T | undefined;
  readonly error: Error | null;
  readonly isFetching: boolean;
  refetch(): unknown;
}

/** Reads one endpoint: `useApi(endpoints.task, () => ({ params: { id } }))`. */
export function useApi<E extends Endpoint>(
  endpoint: E,
  asked: MaybeRefOrGetter<Asked<E>>,
  { enabled = true }: { enabled?: MaybeRefOrGetter<boolean> } = {},
): Fetched<AnswerOf<E>> {
  const query = useQuery({
    queryKey: computed(() => keys.api(endpoint, toValue(asked))),
    queryFn: ({ signal }) => callEndpoint(endpoint, toValue(asked), signal),
    enabled: computed(() => toValue(enabled)),
  });
  return reactive({
    data: query.data,
    error: query.error,
    isFetching: query.isFetching,
    refetch: () => query.refetch(),
  }) as Fetched<AnswerOf<E>>;
}

export interface FetchedList<T> extends Fetched<{ items: T[]; total: number }> {
  readonly hasMore: boolean;
  more(): unknown;
}

type ListEndpoint = Endpoint & { answer: z.ZodType<Page<unknown>> };
type ItemOf<E extends ListEndpoint> = AnswerOf<E>['items'][number];

/** Reads a paginated endpoint page by page. */
export function useApiList<E extends ListEndpoint>(
  endpoint: E,
  asked: MaybeRefOrGetter<Asked<E>>,
): FetchedList<ItemOf<E>> {
  const query = useInfiniteQuery({
    queryKey: computed(() => [...keys.api(endpoint, toValue(asked)), 'pages']),
    queryFn: ({ pageParam, signal }) => {
      const { query: filters, ...rest } = toValue(asked);
      const page = { ...rest, query: { ...filters, cursor: pageParam ?? undefined } };
      return callEndpoint(endpoint, page as unknown as Asked<E>, signal);
    },
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
  }) as unknown as FetchedList<ItemOf<E>>;
}
