import { defineAsyncComponent } from 'vue';

export { policyChangesOf } from './changes.ts';

export const ReplayCard = defineAsyncComponent(() => import('./ReplayCard.vue'));
