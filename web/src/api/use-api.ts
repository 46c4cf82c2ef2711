import type { AnswerOf, Asked, Endpoint, Page } from '@covey/server/schema';
import { useInfiniteQuery, useQuery } from '@tanstack/vue-query';
import { computed, reactive, toValue, watchEffect } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import type { z } from 'zod';
import type { Fetched } from '../ui/fetched.ts';
import type { Listed } from '../ui/list.ts';
import { callEndpoint } from './endpoints.ts';
import { keys } from './keys.ts';

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
    isPaused: query.isPaused,
    refetch: () => query.refetch(),
  }) as Fetched<AnswerOf<E>>;
}

export interface FetchedList<T> extends Listed<T> {
  readonly data: { items: T[]; total: number } | undefined;
}

type ListEndpoint = Endpoint & { answer: z.ZodType<Page<unknown>> };
type ItemOf<E extends ListEndpoint> = AnswerOf<E>['items'][number];

/** Reads the first pages of a paginated endpoint, as many as are asked for. */
export function useApiList<E extends ListEndpoint>(
  endpoint: E,
  asked: MaybeRefOrGetter<Asked<E>>,
  pages: MaybeRefOrGetter<number>,
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
  const read = computed(() => query.data.value?.pages ?? []);
  watchEffect(() => {
    const missing = read.value.length > 0 && read.value.length < toValue(pages);
    if (missing && query.hasNextPage.value && !query.isFetching.value && !query.isFetchNextPageError.value) {
      void query.fetchNextPage();
    }
  });
  return reactive({
    data: computed(() => {
      const [first] = read.value;
      const shown = read.value.slice(0, toValue(pages));
      return first && { items: shown.flatMap((page) => page.items), total: first.total };
    }),
    error: query.error,
    failed: computed(() => (query.isFetchNextPageError.value ? query.error.value : null)),
    isFetching: query.isFetching,
    isPaused: query.isPaused,
    hasMore: computed(() => query.hasNextPage.value || read.value.length > toValue(pages)),
    refetch: () => (query.isFetchNextPageError.value ? query.fetchNextPage() : query.refetch()),
  }) as unknown as FetchedList<ItemOf<E>>;
}
