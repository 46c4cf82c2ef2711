export { default as ListingsTable } from './ListingsTable.vue';
