export { default as ListingRow } from './ListingRow.vue';
