export { default as ParamRow } from './ParamRow.vue';
export { default as ParamValue } from './ParamValue.vue';
export { groupParams } from './groups.ts';
export { useValueName } from './use-value-name.ts';
