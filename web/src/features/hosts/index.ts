export { default as HostCases } from './HostCases.vue';
export { default as HostFacts } from './HostFacts.vue';
export { default as HostModels } from './HostModels.vue';
export { default as HostRating } from './HostRating.vue';
export { default as HostRatings } from './HostRatings.vue';
export { default as HostRow } from './HostRow.vue';
export { default as HostStateBadge } from './HostStateBadge.vue';
export { hostName } from './host-text.ts';
