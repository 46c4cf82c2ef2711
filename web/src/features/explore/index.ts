export { default as ActivityCard } from './ActivityCard.vue';
export { default as ListingsCard } from './ListingsCard.vue';
export { default as PolicyCard } from './PolicyCard.vue';
export { default as StatsBand } from './StatsBand.vue';
export { default as TasksCard } from './TasksCard.vue';
