export { default as SlashList } from './SlashList.vue';
