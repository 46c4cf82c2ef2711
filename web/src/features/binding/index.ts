export { default as BindingCard } from './BindingCard.vue';
export { default as SignalCard } from './SignalCard.vue';
