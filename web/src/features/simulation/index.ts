import { defineAsyncComponent } from 'vue';

export { default as BalanceAmount } from './BalanceAmount.vue';

export const SimulationCard = defineAsyncComponent(() => import('./SimulationCard.vue'));
