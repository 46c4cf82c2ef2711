import { MAX_CARD_TEXT, encodeCardDocument } from '@covey/protocol/card';
import type { CardDocument } from '@covey/protocol/card';

export const cardLists = ['languages', 'datasets', 'baseModels', 'tags'] as const;
export type CardList = (typeof cardLists)[number];

/** A card as it is typed: lists are names with commas between them. */
export type CardDraft = Record<CardList | 'text', string>;

/** What the page shows of a published card. */
export type ShownCard = Record<CardList, string[]> & { text: string };

export function draftOf(card: ShownCard | null): CardDraft {
  const joined = (list: CardList) => (card?.[list] ?? []).join(', ');
  return {
    text: card?.text ?? '',
    languages: joined('languages'),
    datasets: joined('datasets'),
    baseModels: joined('baseModels'),
    tags: joined('tags'),
  };
}

const namesIn = (typed: string): string[] =>
  typed
    .split(/[,，、;\n]/)
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** What the draft says of a model, whether or not a card may say it. */
export function cardOf(draft: CardDraft, model: string): CardDocument {
  const lists = cardLists.flatMap((list) => {
    const names = namesIn(draft[list]);
    return names.length === 0 ? [] : [[list, names] as const];
  });
  return { schema: 'covey.card/1', model, text: draft.text.trim(), ...Object.fromEntries(lists) };
}

/** The fields that no card may have as they are: each is judged alone, by the very rules of the document. */
export function badFields(draft: CardDraft, model: string): Set<keyof CardDraft> {
  const empty = draftOf(null);
  const fields = ['text', ...cardLists] as const;
  return new Set(fields.filter((field) => !isCard(cardOf({ ...empty, [field]: draft[field] }, model))));
}

function isCard(card: CardDocument): boolean {
  try {
    encodeCardDocument(card);
    return true;
  } catch {
    return false;
  }
}

export { MAX_CARD_TEXT };
