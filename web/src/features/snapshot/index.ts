import { defineAsyncComponent } from 'vue';

export { default as SnapshotFacts } from './SnapshotFacts.vue';
export { default as SnapshotResult } from './SnapshotResult.vue';
export { default as SnapshotState } from './SnapshotState.vue';
export { default as SnapshotVoters } from './SnapshotVoters.vue';
export { keptReceipt } from './receipt.ts';

export const SnapshotVoteCard = defineAsyncComponent(() => import('./SnapshotVoteCard.vue'));
