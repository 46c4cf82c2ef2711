export { default as RunCard } from './run/RunCard.vue';
export { default as StakeCard } from './StakeCard.vue';
