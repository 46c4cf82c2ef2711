import { CodePoints, categoryOf, setOf, type SetName } from '../unicode.ts';
import type { Source } from './source.ts';

const scripts: Readonly<Record<string, SetName>> = {
  ...{ han: 'han', hiragana: 'hiragana', katakana: 'katakana', hangul: 'hangul', latin: 'latin', cyrillic: 'cyrillic' },
  ...{ greek: 'greek', arabic: 'arabic', hebrew: 'hebrew', thai: 'thai', devanagari: 'devanagari' },
  ...{
    alphabetic: 'alphabetic',
    alpha: 'alphabetic',
    space: 'space',
    whitespace: 'space',
    word: 'word',
    digit: 'digit',
  },
};
const brackets: Readonly<Record<string, SetName>> = {
  alpha: 'alphabetic',
  digit: 'digit',
  space: 'space',
  word: 'word',
};
const short: Readonly<Record<string, SetName>> = { s: 'space', d: 'digit', w: 'word' };
const hexDigits = CodePoints.of([0x30, 0x39], [0x41, 0x46], [0x61, 0x66]);
const controls: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, a: 7, e: 27 };

/** `\s`, `\p{L}` and the like, behind the backslash; undefined where it is no set. */
export function escapedSet(source: Source): CodePoints | undefined {
  const letter = source.peek();
  const lower = letter.toLowerCase();
  const isNot = letter !== lower;
  if (lower === 'p' && source.peek(1) === '{') {
    source.skip(2);
    const [, not, name] = source.take(/\^?[A-Za-z _-]+\}/y, 'the name of a property').match(/^(\^?)(.*)\}$/)!;
    const set = property(name!);
    if (!set) throw source.unsupported(`\\p{${name}}`);
    return isNot !== (not === '^') ? set.complement() : set;
  }
  const set = lower === 'h' ? hexDigits : Object.hasOwn(short, lower) ? setOf(short[lower]!) : undefined;
  if (set) source.skip(1);
  return set && isNot ? set.complement() : set;
}

function property(given: string): CodePoints | undefined {
  const name = given.replaceAll(/[ _-]/g, '').toLowerCase();
  if (Object.hasOwn(scripts, name)) return setOf(scripts[name]!);
  return categoryOf(name.slice(0, 1).toUpperCase() + name.slice(1));
}

/** A character behind a backslash. */
export function escapedCharacter(source: Source): number {
  const letter = source.next();
  if (Object.hasOwn(controls, letter)) return controls[letter]!;
  const hex =
    letter === 'x' && source.peek() === '{'
      ? source.take(/\{[0-9A-Fa-f]{1,6}\}/y, 'a code point').slice(1, -1)
      : letter === 'x'
        ? source.take(/[0-7][0-9A-Fa-f]/y, 'two digits below 80')
        : letter === 'u'
          ? source.take(/[0-9A-Fa-f]{4}/y, 'four digits')
          : undefined;
  if (hex !== undefined) {
    const codePoint = Number.parseInt(hex, 16);
    if (codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint < 0xe000))
      throw source.unsupported(`code point ${hex}`);
    return codePoint;
  }
  if (/[0-9A-Za-z]/.test(letter)) throw source.unsupported(`\\${letter}`);
  return letter.codePointAt(0)!;
}

/** How deep classes may stand in each other. */
const MOST_DEPTH = 8;

/** A class behind its `[`, up to and with its `]`. */
export function readClass(source: Source, depth = 0): CodePoints {
  if (depth > MOST_DEPTH) throw source.unsupported('classes in classes');
  const isNot = source.accept('^');
  let all: CodePoints | undefined;
  let set = new CodePoints();
  let isEmpty = true;
  for (;;) {
    if (source.accept(']')) break;
    if (source.accept('&&')) {
      if (isEmpty) throw source.unsupported('an empty side of &&');
      all = all ? all.intersection(set) : set;
      [set, isEmpty] = [new CodePoints(), true];
      continue;
    }
    isEmpty = false;
    const item = readItem(source, depth);
    if (typeof item !== 'number') set = set.union(item);
    else if (source.peek() === '-' && source.peek(1) !== ']') set.add(item, rangeEnd(source, item, depth));
    else set.add(item);
  }
  if (isEmpty) throw source.unsupported('an empty class');
  const found = all ? all.intersection(set) : set;
  return isNot ? found.complement() : found;
}

function rangeEnd(source: Source, first: number, depth: number): number {
  source.skip(1);
  const last = readItem(source, depth);
  if (typeof last !== 'number' || last < first) throw source.unsupported('this range of a class');
  if (source.peek() === '-' && source.peek(1) !== ']') throw source.unsupported('a range behind a range');
  return last;
}

function readItem(source: Source, depth: number): number | CodePoints {
  if (source.accept('[:')) {
    const [, not, name] = source.take(/\^?[a-z]+:\]/y, 'a class such as [:alpha:]').match(/^(\^?)(.*):\]$/)!;
    if (!Object.hasOwn(brackets, name!)) throw source.unsupported(`[:${name}:]`);
    return not === '^' ? setOf(brackets[name!]!).complement() : setOf(brackets[name!]!);
  }
  if (source.accept('[')) return readClass(source, depth + 1);
  if (source.accept('\\')) return escapedSet(source) ?? escapedCharacter(source);
  return source.next().codePointAt(0)!;
}
