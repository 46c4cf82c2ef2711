export { default as FundCard } from './FundCard.vue';
