export { default as CommitmentsCard } from './CommitmentsCard.vue';
export { default as DescriptionCard } from './DescriptionCard.vue';
export { default as FundingCard } from './FundingCard.vue';
export { default as ProgressCard } from './ProgressCard.vue';
export { default as RoundsCard } from './RoundsCard.vue';
export { default as TaskFacts } from './TaskFacts.vue';
export { default as TaskHistory } from './TaskHistory.vue';
export { default as TaskStateBadge } from './TaskStateBadge.vue';
