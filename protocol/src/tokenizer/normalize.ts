import { toByteLetters } from './byte-letters.ts';
import { readPart, type JsonReader } from './json-reader.ts';
import { CharacterMap } from './precompiled.ts';
import { readFinder, replaceAll } from './replace.ts';
import { CodePoints, after, before, filterText, isWhite, lowercase, setOf } from './unicode.ts';

export interface Normalizer {
  apply(text: string): string;
  /** Whether the first character of what comes out is always the first of what went in, and stands for nothing else. */
  keepsStart: boolean;
}

/** A normalizer of `tokenizer.json`; without one a text stays as it is. */
export function readNormalizer(given: unknown): Normalizer | undefined {
  return given === undefined || given === null ? undefined : readPart(given, 'normalizer', table);
}

const plain = (apply: (text: string) => string, keepsStart = false): Normalizer => ({ apply, keepsStart });

const table: Readonly<Record<string, (part: JsonReader, nested: (key: string) => Normalizer[]) => Normalizer>> = {
  Sequence: (_, nested) => {
    const all = nested('normalizers');
    return plain(
      (text) => all.reduce((so, one) => one.apply(so), text),
      all.every((one) => one.keepsStart),
    );
  },
  NFC: () => plain(form('NFC'), true),
  NFD: () => plain(form('NFD')),
  NFKC: () => plain(form('NFKC')),
  NFKD: () => plain(form('NFKD')),
  Lowercase: () => plain(lowercase),
  Strip: (part) => {
    const [left, right] = [part.flag('strip_left'), part.flag('strip_right')];
    return plain((text) => strip(text, left, right));
  },
  StripAccents: () => plain((text) => filterText(text, (c) => !setOf('combining').has(c))),
  Nmt: () => plain(nmt),
  Precompiled: (part) => {
    const map = new CharacterMap(part.text('precompiled_charsmap'), 'precompiled_charsmap');
    return plain((text) => map.normalize(text));
  },
  Prepend: (part) => {
    const prefix = part.text('prepend');
    return plain((text) => (text === '' ? text : prefix + text));
  },
  Replace: (part) => {
    const find = readFinder(part);
    const by = part.text('content');
    const sought = part.object('pattern').value('String');
    const isOneForOne = typeof sought === 'string' && [...sought].length === 1 && [...by].length === 1;
    return plain((text) => replaceAll(text, find, by), isOneForOne);
  },
  ByteLevel: () => plain(toByteLetters),
  BertNormalizer: (part) => {
    const isClean = part.flag('clean_text');
    const hasChinese = part.flag('handle_chinese_chars');
    const isLower = part.flag('lowercase');
    const isStripped = part.has('strip_accents') ? part.flag('strip_accents') : isLower;
    return plain((text) => {
      let so = isClean ? clean(text) : text;
      if (hasChinese) so = apartChinese(so);
      if (isStripped) so = filterText(form('NFD')(so), (c) => !setOf('bertAccent').has(c));
      return isLower ? lowercase(so) : so;
    });
  },
};

/**
 * A normalization form over the code points that `tokenizers` knows, whatever the engine knows; what it does not know stays,
 * and parts what stands on both sides of it.
 */
function form(name: 'NFC' | 'NFD' | 'NFKC' | 'NFKD'): (text: string) => string {
  return (text) => {
    const known = setOf('normalized');
    let said = '';
    let start = 0;
    let at = 0;
    while (at < text.length) {
      if (known.has(text.codePointAt(at)!)) {
        at = after(text, at);
        continue;
      }
      const end = after(text, at);
      said += text.slice(start, at).normalize(name) + text.slice(at, end);
      [start, at] = [end, end];
    }
    return said + text.slice(start).normalize(name);
  };
}

function strip(text: string, left: boolean, right: boolean): string {
  let [start, end] = [0, text.length];
  while (left && start < end && isWhite(text, start)) start = after(text, start);
  while (right && end > start && isWhite(text, before(text, end))) end = before(text, end);
  return text.slice(start, end);
}

function clean(text: string): string {
  const gone = setOf('bertControl');
  const kept = filterText(text, (c) => c !== 0 && c !== 0xfffd && !gone.has(c));
  return replaceBlanks(kept, setOf('white'));
}

function replaceBlanks(text: string, blanks: CodePoints): string {
  let said = '';
  for (const character of text) said += blanks.has(character.codePointAt(0)!) ? ' ' : character;
  return said;
}

const nmtGone = CodePoints.of([1, 8], [0xb, 0xb], [0xe, 0x1f], [0x7f, 0x7f], [0x8f, 0x8f], [0x9f, 0x9f]);
const nmtBlank = CodePoints.of(
  ...([9, 10, 12, 13, 0x1680, 0x2028, 0x2029, 0x2581, 0xfeff, 0xfffd] as const).map((c) => [c, c] as const),
  [0x200b, 0x200f],
);

const nmt = (text: string): string =>
  replaceBlanks(
    filterText(text, (c) => !nmtGone.has(c)),
    nmtBlank,
  );

/** The ranges that BERT parts, as `tokenizers` has them: 2B820 to 2B91F are not among them. */
const chinese = CodePoints.of(
  [0x4e00, 0x9fff],
  [0x3400, 0x4dbf],
  [0x20000, 0x2a6df],
  [0x2a700, 0x2b73f],
  [0x2b740, 0x2b81f],
  [0x2b920, 0x2ceaf],
  [0xf900, 0xfaff],
  [0x2f800, 0x2fa1f],
);

function apartChinese(text: string): string {
  let said = '';
  for (const character of text) said += chinese.has(character.codePointAt(0)!) ? ` ${character} ` : character;
  return said;
}
