export { default as PhaseBadge } from './PhaseBadge.vue';
export { default as PhaseStepper } from './PhaseStepper.vue';
export { default as ResultCard } from './ResultCard.vue';
export { default as RewardsCard } from './RewardsCard.vue';
export { default as RoundFacts } from './RoundFacts.vue';
export { default as SubmissionsCard } from './SubmissionsCard.vue';
export { default as ValidatorsCard } from './ValidatorsCard.vue';
export { readHeader } from './result-header.ts';
