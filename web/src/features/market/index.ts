export { default as FraudNotice } from './FraudNotice.vue';
export { default as ListingFacts } from './ListingFacts.vue';
export { default as ListingRow } from './ListingRow.vue';
export { default as ListingStateBadge } from './ListingStateBadge.vue';
export { default as PriceAmount } from './PriceAmount.vue';
export { default as SalesCard } from './SalesCard.vue';
export { default as VersionsCard } from './VersionsCard.vue';
export { default as WordsCard } from './WordsCard.vue';
export { listingName } from './listing-text.ts';
