export { default as NodeLink } from './NodeLink.vue';
export { default as NodePositions } from './NodePositions.vue';
export { default as NodeSubmissions } from './NodeSubmissions.vue';
export { default as NodeValidations } from './NodeValidations.vue';
