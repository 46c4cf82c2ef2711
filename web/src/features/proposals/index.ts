import { defineAsyncComponent } from 'vue';

export { default as ActionsCard } from './ActionsCard.vue';
export { default as ForesightCards } from './ForesightCards.vue';
export { default as ProposalFacts } from './ProposalFacts.vue';
export { default as ProposalRow } from './ProposalRow.vue';
export { default as ProposalStateBadge } from './ProposalStateBadge.vue';
export { default as TallyCard } from './TallyCard.vue';
export { default as VotersCard } from './VotersCard.vue';
export { useFailureMap } from './use-failure-map.ts';
export { useProposalList } from './use-proposal-list.ts';
export { proposalFilters } from './merge-proposals.ts';

export const VoteCard = defineAsyncComponent(() => import('./VoteCard.vue'));
