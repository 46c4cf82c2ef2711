export { MAX_CARD_BYTES, MAX_CARD_TEXT, decodeCardDocument, encodeCardDocument } from './card-document.ts';
export type { CardDocument } from './card-document.ts';
export { makersCard, modelCard } from './model-card.ts';
