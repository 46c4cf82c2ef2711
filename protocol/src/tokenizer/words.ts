import { untokenizable } from './errors.ts';
import type { JsonReader } from './json-reader.ts';
import { readVocabulary, type TokenModel, type Vocabulary } from './model.ts';
import { before } from './unicode.ts';

/** Code points of the longest word that is parted: more would cost the square of it. */
const MOST_CHARACTERS = 4096;

const unknownOf = (vocabulary: Vocabulary, token: string): number => {
  const id = vocabulary.ids.get(token);
  if (id !== undefined) return id;
  throw untokenizable('a word has no token, and neither has what is unknown', { got: token });
};

/** Whole words. */
export function readWordLevel(model: JsonReader): TokenModel {
  const vocabulary = readVocabulary(model);
  const unknown = model.text('unk_token');
  const idOf = (token: string) => vocabulary.ids.get(token);
  return {
    size: vocabulary.ids.size,
    most: vocabulary.most,
    encode: (piece, into) => void into.push(idOf(piece) ?? unknownOf(vocabulary, unknown)),
    idOf,
    tokenOf: (id) => vocabulary.tokenOf(id),
  };
}

/** The longest token that a word begins with, and again of what is left; a word that is not all tokens is unknown. */
export function readWordPiece(model: JsonReader): TokenModel {
  const vocabulary = readVocabulary(model);
  const unknown = model.text('unk_token');
  const prefix = model.text('continuing_subword_prefix');
  const most = model.integer('max_input_chars_per_word', { most: MOST_CHARACTERS });
  const idOf = (token: string) => vocabulary.ids.get(token);
  let longest = 0;
  for (const token of vocabulary.ids.keys()) longest = Math.max(longest, token.length);
  const parts = (word: string): number[] | undefined => {
    const ids: number[] = [];
    let start = 0;
    while (start < word.length) {
      const begins = start > 0 ? prefix : '';
      let end = Math.min(word.length, start + Math.max(0, longest - begins.length));
      // Not between the halves of a pair.
      if (end < word.length && (word.charCodeAt(end) & 0xfc00) === 0xdc00) end++;
      let id: number | undefined;
      for (; end > start; end = before(word, end)) {
        id = idOf(begins + word.slice(start, end));
        if (id !== undefined) break;
      }
      if (id === undefined) return undefined;
      ids.push(id);
      start = end;
    }
    return ids;
  };
  return {
    size: vocabulary.ids.size,
    most: vocabulary.most,
    encode(piece, into) {
      const isLong = piece.length > most && [...piece].length > most;
      const ids = isLong ? undefined : parts(piece);
      for (const id of ids ?? [unknownOf(vocabulary, unknown)]) into.push(id);
    },
    idOf,
    tokenOf: (id) => vocabulary.tokenOf(id),
  };
}
