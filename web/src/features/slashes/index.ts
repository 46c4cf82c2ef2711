export { default as SlashList } from './SlashList.vue';
export { default as SlashRow } from './SlashRow.vue';
export { slashColumns } from './slash-columns.ts';
