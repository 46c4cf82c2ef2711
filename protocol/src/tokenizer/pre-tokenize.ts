import { toByteLetters } from './byte-letters.ts';
import { readPart, unsupported, type JsonReader } from './json-reader.ts';
import { Pattern, type Span } from './pattern/pattern.ts';
import { readFinder, replaceAll, type Finder } from './replace.ts';
import { after, setOf, type CodePoints } from './unicode.ts';

/** A part of a text, and whether it is the beginning of all of it. */
export interface Piece {
  text: string;
  isFirst: boolean;
}

export interface PreTokenizer {
  split(pieces: readonly Piece[]): Piece[];
  /** Whether it asks which piece is the first. */
  asksFirst: boolean;
  /** Whether it neither takes anything from the beginning of a text nor puts anything before it. */
  keepsStart: boolean;
}

/** A pre-tokenizer of `tokenizer.json`; without one a text is one piece. */
export function readPreTokenizer(given: unknown): PreTokenizer | undefined {
  return given === undefined || given === null ? undefined : readPart(given, 'pre_tokenizer', table);
}

/** What a split does with what it finds. */
const behaviors = {
  Isolated: 'Isolated',
  Removed: 'Removed',
  Contiguous: 'Contiguous',
  MergedWithPrevious: 'MergedWithPrevious',
  MergedWithNext: 'MergedWithNext',
} as const;
type Behavior = keyof typeof behaviors;

interface Kept {
  asksFirst?: boolean;
  keepsStart?: boolean;
}

const byText = (
  parts: (text: string, isFirst: boolean) => readonly string[],
  { asksFirst = false, keepsStart = false }: Kept = {},
): PreTokenizer => ({
  split: (pieces) =>
    pieces.flatMap(({ text, isFirst }) => {
      let isStart = isFirst;
      return parts(text, isFirst)
        .filter((part) => part !== '')
        .map((part) => {
          const piece = { text: part, isFirst: isStart };
          isStart = false;
          return piece;
        });
    }),
  asksFirst,
  keepsStart,
});

const byteLevel = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
let byteLevelPattern: Pattern | undefined;

const table: Readonly<Record<string, (part: JsonReader, nested: (key: string) => PreTokenizer[]) => PreTokenizer>> = {
  Sequence: (_, nested) => {
    const all = nested('pretokenizers');
    const asking = all.findIndex((one) => one.asksFirst);
    requireFirst(
      all[asking],
      all.slice(0, Math.max(0, asking)).every((one) => one.keepsStart),
    );
    return {
      split: (pieces) => all.reduce<readonly Piece[]>((so, one) => one.split(so), pieces) as Piece[],
      asksFirst: all.some((one) => one.asksFirst),
      keepsStart: all.every((one) => one.keepsStart),
    };
  },
  ByteLevel: (part) => {
    const hasSpace = part.flag('add_prefix_space');
    part.flag('trim_offsets');
    const isSplit = part.flag('use_regex', true);
    const pattern = (byteLevelPattern ??= new Pattern(byteLevel));
    return byText((given) => {
      const text = hasSpace && !given.startsWith(' ') ? ` ${given}` : given;
      const parts = isSplit ? splitBy(text, (one) => pattern.matches(one), 'Isolated', false) : [text];
      return parts.map(toByteLetters);
    });
  },
  BertPreTokenizer: () =>
    byText((text) =>
      splitBySet(text, setOf('white'), 'Removed').flatMap((word) => splitBySet(word, setOf('punctuation'), 'Isolated')),
    ),
  Whitespace: () => {
    const [word, white] = [setOf('rustWord'), setOf('white')];
    return byText((text) => runsOf(text, (c) => (word.has(c) ? 'word' : white.has(c) ? null : 'other')));
  },
  WhitespaceSplit: () => byText((text) => splitBySet(text, setOf('white'), 'Removed')),
  Punctuation: (part) => {
    const behavior = behaviorOf(part, 'Isolated');
    return byText((text) => splitBySet(text, setOf('punctuation'), behavior), { keepsStart: behavior !== 'Removed' });
  },
  Digits: (part) => {
    const behavior = part.flag('individual_digits') ? 'Isolated' : 'Contiguous';
    return byText((text) => splitBySet(text, setOf('numeric'), behavior), { keepsStart: true });
  },
  CharDelimiterSplit: (part) => {
    const delimiter = part.character('delimiter');
    return byText((text) => text.split(delimiter));
  },
  Split: (part) => {
    const find = readFinder(part);
    const behavior = behaviorOf(part);
    const isInverted = part.flag('invert');
    return byText((text) => splitBy(text, find, behavior, isInverted), { keepsStart: behavior !== 'Removed' });
  },
  FixedLength: (part) => {
    const length = part.integer('length', { least: 1, most: 2 ** 31, otherwise: 5 });
    return byText((text) => {
      const parts: string[] = [];
      let start = 0;
      let count = 0;
      for (let at = 0; at < text.length; at = after(text, at)) {
        if (count === length) {
          parts.push(text.slice(start, at));
          [start, count] = [at, 0];
        }
        count++;
      }
      return [...parts, text.slice(start)];
    });
  },
  Metaspace: metaspace,
};

/** `Delimiter` is what `tokenizers` itself reads; it writes the other name. */
const names = ['always', 'first', 'never'];

function metaspace(part: JsonReader): PreTokenizer {
  const by = part.character('replacement');
  const scheme = schemeOf(part);
  const isSplit = part.flag('split', true);
  const space: Finder = (text) => spans(text, ' ');
  return byText(
    (given, isFirst) => {
      let text = replaceAll(given, space, by);
      if ((scheme === 'always' || (scheme === 'first' && isFirst)) && !text.startsWith(by)) text = by + text;
      return isSplit ? splitBy(text, (one) => spans(one, by), 'MergedWithNext', false) : [text];
    },
    { asksFirst: scheme === 'first' },
  );
}

/** When a space is put before a text: `always`, before the `first` piece, `never`. */
export function schemeOf(part: JsonReader): string {
  const scheme = part.text('prepend_scheme', 'always');
  if (!names.includes(scheme)) throw part.refused('prepend_scheme', names.join(', '), scheme);
  // What older versions wrote.
  if (part.has('add_prefix_space') && !part.flag('add_prefix_space') && scheme !== 'never') {
    if (part.has('prepend_scheme')) throw part.refused('add_prefix_space', `one that fits ${scheme}`, false);
    throw part.refused('add_prefix_space', '`prepend_scheme`, in its place', false);
  }
  return scheme;
}

function behaviorOf(part: JsonReader, otherwise?: Behavior): Behavior {
  const given = part.text('behavior', otherwise);
  const found = behaviors[given as Behavior] as Behavior | undefined;
  if (found === undefined || !Object.hasOwn(behaviors, given))
    throw part.refused('behavior', Object.keys(behaviors).join(', '), given);
  return found;
}

function spans(text: string, character: string): Span[] {
  const found: Span[] = [];
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + character.length))
    found.push([at, at + character.length]);
  return found;
}

const splitBySet = (text: string, set: CodePoints, behavior: Behavior): string[] =>
  splitBy(
    text,
    (one) => {
      const found: Span[] = [];
      for (let at = 0; at < one.length; at = after(one, at))
        if (set.has(one.codePointAt(at)!)) found.push([at, after(one, at)]);
      return found;
    },
    behavior,
    false,
  );

/** Runs of one kind each; null is part of none. */
function runsOf(text: string, kindOf: (codePoint: number) => string | null): string[] {
  const parts: string[] = [];
  let start = 0;
  let was: string | null = null;
  for (let at = 0; at < text.length; at = after(text, at)) {
    const kind = kindOf(text.codePointAt(at)!);
    if (kind === was) continue;
    if (was !== null) parts.push(text.slice(start, at));
    [start, was] = [at, kind];
  }
  return was === null ? parts : [...parts, text.slice(start)];
}

/** A text in parts that were found and parts between them, put together as the behavior says. */
function splitBy(text: string, find: Finder, behavior: Behavior, isInverted: boolean): string[] {
  const parts: { start: number; end: number; isFound: boolean }[] = [];
  let at = 0;
  for (const [start, end] of text === '' ? [] : find(text)) {
    if (at !== start) parts.push({ start: at, end: start, isFound: isInverted });
    parts.push({ start, end, isFound: !isInverted });
    at = end;
  }
  if (at !== text.length) parts.push({ start: at, end: text.length, isFound: isInverted });
  const cut = (all: typeof parts) => all.map(({ start, end }) => text.slice(start, end));
  switch (behavior) {
    case 'Isolated':
      return cut(parts);
    case 'Removed':
      return cut(parts.filter(({ isFound }) => !isFound));
    case 'MergedWithNext':
      return cut(joined(parts.reverse(), behavior, (last, one) => (last.start = one.start)).reverse());
    default:
      return cut(joined(parts, behavior, (last, one) => (last.end = one.end)));
  }
}

/** Contiguous joins what is alike; the others join what is found to what stands before it, in the order given. */
function joined<P extends { isFound: boolean }>(parts: P[], behavior: Behavior, join: (last: P, one: P) => void): P[] {
  const all: P[] = [];
  let was = false;
  for (const one of parts) {
    const last = all.at(-1);
    const isJoined = behavior === 'Contiguous' ? one.isFound === was : one.isFound && !was;
    if (isJoined && last) join(last, one);
    else all.push({ ...one });
    was = one.isFound;
  }
  return all;
}

/** Which piece is the first is only known where nothing was put before it or taken from it. */
export function requireFirst(preTokenizer: PreTokenizer | undefined, keepsStart: boolean): void {
  if (!preTokenizer?.asksFirst || keepsStart) return;
  throw unsupported(
    '`prepend_scheme` first behind this normalizer',
    'none, NFC, or one character for another',
    'another',
  );
}
