export { default as AgreedBadge } from './AgreedBadge.vue';
export { default as AllocationsCard } from './AllocationsCard.vue';
export { default as NodeLink } from './NodeLink.vue';
export { default as NodePositions } from './NodePositions.vue';
export { default as NodeSubmissions } from './NodeSubmissions.vue';
export { default as NodeValidations } from './NodeValidations.vue';
export { default as PayoutAmount } from './PayoutAmount.vue';
export { default as RoundLink } from './RoundLink.vue';
