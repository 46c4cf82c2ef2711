import { z } from 'zod';
import { decodeDocument, encodeDocument, type DocumentFormat } from '../canonical.ts';
import { anyCidText, text } from '../primitives.ts';

/** Characters of the maker's own words. */
export const MAX_CARD_TEXT = 65_536;
export const MAX_CARD_BYTES = 512 * 1024;

/** A repository of Hugging Face: `owner/name`, or one of those that have no owner. */
const repository = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,95}(?:\/[A-Za-z0-9][A-Za-z0-9._-]{0,95})?$/, 'expected owner/name');
const tag = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/, 'expected letters, digits, dots, colons and dashes');
const language = z.string().regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$/, 'expected a language such as en');

const once = (values: readonly string[]): boolean => new Set(values).size === values.length;
const list = (item: z.ZodString, most: number) =>
  z.array(item).min(1).max(most).refine(once, 'expected each once').optional();

/** What a maker says of a model; no number of it is checked by anybody, and cards keep it apart. */
export const cardDocumentSchema = z.strictObject({
  schema: z.literal('covey.card/1'),
  /** Of a sealed one the manifest's. */
  model: anyCidText,
  /** Markdown. */
  text: text({ max: MAX_CARD_TEXT, lines: true }),
  languages: list(language, 32),
  /** Data sets and models that the maker names as what it was made from. */
  datasets: list(repository, 32),
  baseModels: list(repository, 32),
  tags: list(tag, 32),
});

export type CardDocument = z.infer<typeof cardDocumentSchema>;

const format: DocumentFormat<CardDocument> = {
  name: 'model card',
  schema: cardDocumentSchema,
  maxBytes: MAX_CARD_BYTES,
};

export function encodeCardDocument(card: CardDocument): Uint8Array {
  return encodeDocument(format, card);
}

export function decodeCardDocument(bytes: Uint8Array): CardDocument {
  return decodeDocument(format, bytes);
}
