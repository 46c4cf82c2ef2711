import { defineAsyncComponent } from 'vue';

export { default as DelegateHistory } from './DelegateHistory.vue';
export { default as DelegateLink } from './DelegateLink.vue';
export { default as DelegateRow } from './DelegateRow.vue';
export { default as DelegateStatement } from './DelegateStatement.vue';
export { default as DelegatorsCard } from './DelegatorsCard.vue';
export { default as PowerCard } from './PowerCard.vue';
export { default as WrittenProposals } from './WrittenProposals.vue';
export { useTotalVotes } from './use-total-votes.ts';

export const DelegateToCard = defineAsyncComponent(() => import('./DelegateToCard.vue'));
export const OwnDelegation = defineAsyncComponent(() => import('./OwnDelegation.vue'));
export const StatementEditor = defineAsyncComponent(() => import('./StatementEditor.vue'));
