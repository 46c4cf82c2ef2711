import { computed, reactive, toValue } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import { endpoints } from '../../api/endpoints.ts';
import { useApiList } from '../../api/use-api.ts';
import type { FetchedList } from '../../api/use-api.ts';
import type { Listed } from '../../ui/list.ts';
import { mergeProposals } from './merge-proposals.ts';
import type { ListedProposal, ProposalFilter } from './merge-proposals.ts';

const LIMIT = 25;

/** Proposals of both systems as one list. While one of them cannot be read, the other still shows. */
export function useProposalList(
  filter: MaybeRefOrGetter<ProposalFilter>,
  pages: MaybeRefOrGetter<number>,
): Listed<ListedProposal> {
  const takes = (system: 'chain' | 'hub') => {
    const now = toValue(filter);
    return now === 'all' || (now === 'chain') === (system === 'chain');
  };
  const read = (system: 'chain' | 'hub') => () => (takes(system) ? toValue(pages) : 1);
  const onChain = useApiList(endpoints.proposals, { query: { limit: LIMIT } }, read('chain'));
  const gasless = useApiList(endpoints.snapshotProposals, { query: { limit: LIMIT } }, read('hub'));
  const sources = [onChain, gasless];

  /** A list that failed counts as complete. */
  const loaded = <T>({ data, hasMore }: FetchedList<T>) => ({ items: data?.items ?? [], hasMore });
  const missing = computed(() => sources.find(({ data, error }) => data === undefined && error !== null)?.error);
  const hasMore = computed(() => (takes('chain') && onChain.hasMore) || (takes('hub') && gasless.hasMore));
  const data = computed(() => {
    const settled = sources.every(({ data: some, error }) => some !== undefined || error !== null);
    if (!settled || sources.every(({ data: some }) => some === undefined)) return undefined;
    return { items: mergeProposals(loaded(onChain), loaded(gasless), toValue(filter)) };
  });
  return reactive({
    data,
    error: computed(() => (sources.every(({ error }) => error !== null) ? (missing.value ?? null) : null)),
    failed: computed(() => missing.value ?? onChain.failed ?? gasless.failed),
    isFetching: computed(() => sources.some(({ isFetching }) => isFetching)),
    isPaused: computed(() => sources.some(({ isPaused }) => isPaused)),
    hasMore,
    refetch: () => sources.filter(({ error }) => error !== null).map((source) => source.refetch()),
  });
}
