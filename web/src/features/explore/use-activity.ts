import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import { endpoints } from '../../api/endpoints.ts';
import { useApi } from '../../api/use-api.ts';
import { useConfigQuery } from '../../api/use-config.ts';
import { listingName } from '../market/index.ts';

export interface Activity {
  /** Key of the sentence under `activity` in the locale files. */
  kind: string;
  at: number;
  subject: Record<string, string | number>;
  to: string;
  source?: { transactionHash: string; blockNumber: number };
  amount?: string;
}

/** What happened lately, put together from the newest entries of each list. */
export function useActivity(limit = 10) {
  const { t } = useI18n();
  const config = useConfigQuery();
  const newest = { query: { limit: 10 } };
  const tasks = useApi(endpoints.tasks, newest);
  const proposals = useApi(endpoints.proposals, newest);
  const cases = useApi(endpoints.slashCases, newest);
  const listings = useApi(endpoints.listings, newest);
  const all = [tasks, proposals, cases, listings];

  const items = computed<Activity[]>(() => {
    const found: Activity[] = [];
    for (const task of tasks.data?.items ?? []) {
      const name = task.name ?? `#${task.id}`;
      found.push({
        kind: 'taskProposed',
        at: task.proposedAt,
        subject: { name },
        to: `/tasks/${task.id}`,
        source: task.source,
      });
      const round = task.currentRound;
      if (round) {
        const to = `/tasks/${task.id}/rounds/${round.round}`;
        const subject = { name, round: round.round };
        found.push({ kind: 'roundOpened', at: round.openedAt, subject, to, source: round.source, amount: round.pool });
      }
    }
    for (const proposal of proposals.data?.items ?? []) {
      const subject = { name: proposal.title ?? `#${proposal.id}` };
      found.push({
        kind: 'proposalCreated',
        at: proposal.createdAt,
        subject,
        to: `/proposals/${proposal.id}`,
        source: proposal.source,
      });
    }
    for (const item of cases.data?.items ?? []) {
      const to = `/slashes#case-${item.id}`;
      const subject = { id: item.id, task: item.taskId, round: item.round };
      found.push({ kind: 'caseOpened', at: item.openedAt, subject, to, source: item.source, amount: item.amount });
      if (item.execution) {
        const { at, source, taken } = item.execution;
        found.push({ kind: 'caseExecuted', at, subject, to, source, amount: taken });
      }
    }
    for (const listing of listings.data?.items ?? []) {
      const subject = { name: listingName(listing, t) };
      found.push({
        kind: 'modelListed',
        at: listing.listedAt,
        subject,
        to: `/models/${listing.id}`,
        source: listing.source,
        // Amounts stand there in COVEY.
        ...(listing.token.address === config.data.value?.deployment.token && { amount: listing.price }),
      });
    }
    const block = (item: Activity) => item.source?.blockNumber ?? 0;
    return found.sort((a, b) => block(b) - block(a) || b.at - a.at).slice(0, limit);
  });

  return {
    get data() {
      return all.some((list) => list.data) ? items.value : undefined;
    },
    get error() {
      return all.find((list) => list.error)?.error ?? null;
    },
    get isFetching() {
      return all.some((list) => list.isFetching);
    },
    refetch: () => Promise.all(all.map((list) => list.refetch())),
  };
}
