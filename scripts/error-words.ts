import type { ErrorCatalogue } from '@covey/errors';

/** Characters of a legacy encoding of two bytes, first and second of these ranges: each writes one form of Chinese alone. */
function charactersOf(encoding: string, [from, to]: [number, number], seconds: [number, number][]): Set<string> {
  const decoder = new TextDecoder(encoding);
  const characters = new Set<string>();
  for (let first = from; first <= to; first++) {
    for (const [low, high] of seconds) {
      for (let second = low; second <= high; second++) characters.add(decoder.decode(Uint8Array.of(first, second)));
    }
  }
  return characters;
}

/** GB 2312 for simplified characters, Big5 for traditional ones; without their extensions, which hold both. */
const repertoires: Record<string, () => Set<string>> = {
  'zh-Hans': () => charactersOf('gbk', [0xb0, 0xf7], [[0xa1, 0xfe]]),
  'zh-Hant': () =>
    charactersOf(
      'big5',
      [0xa4, 0xf9],
      [
        [0x40, 0x7e],
        [0xa1, 0xfe],
      ],
    ),
};

/** Characters that the language does not write: of the other form of Chinese. */
export function foreignCharacters(language: string, text: string): string[] {
  const known = repertoires[language]?.() ?? new Set();
  return [...new Set(text.match(/\p{Script=Han}/gu))].filter((character) => !known.has(character));
}

/** Two words of English in a row that are neither code in backquotes nor names. */
export const hasEnglish = (text: string): boolean => /\b[a-z]{3,} [a-z]{2,}\b/.test(text.replace(/`[^`]*`/g, ''));

/** What a translation lacks of the English, by code. */
export const missingWords = (english: ErrorCatalogue, catalogue: ErrorCatalogue): string[] =>
  Object.keys(english).filter((code) => catalogue[code] === undefined);

/** What is wrong in a translation, whatever it lacks. */
export function wrongWords(language: string, english: ErrorCatalogue, catalogue: ErrorCatalogue): string[] {
  const wrong = Object.entries(catalogue).flatMap(([code, { meaning, action }]) => {
    const source = english[code];
    if (source === undefined) return [`${code} is no error any more`];
    const texts = [meaning, ...(action === undefined ? [] : [action])];
    return [
      ...(texts.some((text) => text.trim() === '') ? [`${code} says nothing`] : []),
      ...(texts.some(hasEnglish) ? [`${code} is English`] : []),
      ...((action === undefined) === (source.action === undefined) ? [] : [`${code}: action of one language alone`]),
    ];
  });
  const foreign = foreignCharacters(
    language,
    Object.values(catalogue)
      .map(({ meaning, action }) => meaning + (action ?? ''))
      .join(''),
  );
  return foreign.length === 0 ? wrong : [...wrong, `characters of other Chinese: ${foreign.join('')}`];
}
