import type { ProposalSummary, SnapshotSummary } from '../../api/endpoints.ts';

export const proposalFilters = ['all', 'chain', 'binding', 'signal'] as const;
export type ProposalFilter = (typeof proposalFilters)[number];
export type ProposalSystem = Exclude<ProposalFilter, 'all'>;

/** One line of the list, whichever way it is decided. */
export type ListedProposal = { key: string; system: ProposalSystem; at: number } & (
  { onChain: ProposalSummary; gasless?: undefined } | { gasless: SnapshotSummary; onChain?: undefined }
);

interface Loaded<T> {
  items: readonly T[];
  /** Whether older ones can still be loaded. */
  hasMore: boolean;
}

/** A Snapshot proposal binds once it is registered on chain; what only says so in its text is a signal. */
export const systemOf = ({ binding }: Pick<SnapshotSummary, 'binding'>): ProposalSystem =>
  binding !== null && binding.state !== 'unregistered' ? 'binding' : 'signal';

/**
 * Both lists as one, newest first. What is older than the end of a list that goes on is held back until that list is
 * loaded further: else lines would be inserted above those already read.
 */
export function mergeProposals(
  onChain: Loaded<ProposalSummary>,
  gasless: Loaded<SnapshotSummary>,
  filter: ProposalFilter,
): ListedProposal[] {
  const chain = onChain.items.map((item): ListedProposal => ({
    key: item.id,
    system: 'chain',
    at: item.createdAt,
    onChain: item,
  }));
  const hub = gasless.items.map((item): ListedProposal => ({
    key: item.id,
    system: systemOf(item),
    at: item.created,
    gasless: item,
  }));
  const ends = [
    ...(onChain.hasMore && filter !== 'binding' && filter !== 'signal' ? [chain.at(-1)?.at ?? Infinity] : []),
    ...(gasless.hasMore && filter !== 'chain' ? [hub.at(-1)?.at ?? Infinity] : []),
  ];
  const since = Math.max(-Infinity, ...ends);
  return [...chain, ...hub]
    .filter(({ system, at }) => (filter === 'all' || system === filter) && at >= since)
    .sort((a, b) => b.at - a.at);
}
