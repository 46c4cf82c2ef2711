export { default as StakeCard } from './StakeCard.vue';
