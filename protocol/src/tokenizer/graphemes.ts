import { after, setOf, type CodePoints } from './unicode.ts';

/** What a code point is to the rules of grapheme clusters (UAX #29), by tables of ours. */
type Kind =
  | 'CR'
  | 'LF'
  | 'Control'
  | 'Extend'
  | 'ZWJ'
  | 'Flag'
  | 'Prepend'
  | 'SpacingMark'
  | 'L'
  | 'V'
  | 'T'
  | 'LV'
  | 'LVT'
  | 'Other';

const HANGUL_FIRST = 0xac00;
const HANGUL_LAST = 0xd7a3;
const HANGUL_TAILS = 28;

let tables: readonly (readonly [CodePoints, Kind])[] | undefined;

function kindOf(codePoint: number): Kind {
  if (codePoint === 13) return 'CR';
  if (codePoint === 10) return 'LF';
  if (codePoint === 0x200d) return 'ZWJ';
  if (codePoint >= HANGUL_FIRST && codePoint <= HANGUL_LAST)
    return (codePoint - HANGUL_FIRST) % HANGUL_TAILS === 0 ? 'LV' : 'LVT';
  tables ??= [
    [setOf('gcbControl'), 'Control'],
    [setOf('gcbExtend'), 'Extend'],
    [setOf('gcbSpacingMark'), 'SpacingMark'],
    [setOf('gcbPrepend'), 'Prepend'],
    [setOf('gcbRegionalIndicator'), 'Flag'],
    [setOf('gcbL'), 'L'],
    [setOf('gcbV'), 'V'],
    [setOf('gcbT'), 'T'],
  ];
  return tables.find(([set]) => set.has(codePoint))?.[1] ?? 'Other';
}

/** What a cluster was so far, as far as rules look back. */
interface Before {
  kind: Kind;
  /** Flags in a row. */
  flags: number;
  /** A picture, and what extends it, maybe with a joiner at the end. */
  picture: 'none' | 'extended' | 'joined';
  /** An Indic consonant, and whether a linker follows it. */
  conjunct: 'none' | 'consonant' | 'linked';
}

const next = (was: Before | undefined, kind: Kind, codePoint: number): Before => ({
  kind,
  flags: kind === 'Flag' ? (was?.flags ?? 0) + 1 : 0,
  picture: setOf('pictographic').has(codePoint)
    ? 'extended'
    : was?.picture === 'extended' && kind === 'Extend'
      ? 'extended'
      : was?.picture === 'extended' && kind === 'ZWJ'
        ? 'joined'
        : 'none',
  conjunct: setOf('incbConsonant').has(codePoint)
    ? 'consonant'
    : was === undefined || was.conjunct === 'none'
      ? 'none'
      : setOf('incbLinker').has(codePoint)
        ? 'linked'
        : setOf('incbExtend').has(codePoint)
          ? was.conjunct
          : 'none',
});

/** Whether a cluster ends before this code point (rules GB3 to GB999). */
function isBreak(was: Before, kind: Kind, codePoint: number): boolean {
  const before = was.kind;
  if (before === 'CR' && kind === 'LF') return false;
  if (isControl(before) || isControl(kind)) return true;
  if (before === 'L' && (kind === 'L' || kind === 'V' || kind === 'LV' || kind === 'LVT')) return false;
  if ((before === 'LV' || before === 'V') && (kind === 'V' || kind === 'T')) return false;
  if ((before === 'LVT' || before === 'T') && kind === 'T') return false;
  if (kind === 'Extend' || kind === 'ZWJ' || kind === 'SpacingMark' || before === 'Prepend') return false;
  if (was.conjunct === 'linked' && setOf('incbConsonant').has(codePoint)) return false;
  if (was.picture === 'joined' && setOf('pictographic').has(codePoint)) return false;
  return !(before === 'Flag' && kind === 'Flag' && was.flags % 2 === 1);
}

const isControl = (kind: Kind) => kind === 'CR' || kind === 'LF' || kind === 'Control';

/** Extended grapheme clusters of a text. */
export function* graphemes(text: string): Generator<string> {
  let start = 0;
  let was: Before | undefined;
  for (let at = 0; at < text.length; at = after(text, at)) {
    const codePoint = text.codePointAt(at)!;
    const kind = kindOf(codePoint);
    if (was && isBreak(was, kind, codePoint)) {
      yield text.slice(start, at);
      [start, was] = [at, undefined];
    }
    was = next(was, kind, codePoint);
  }
  if (start < text.length) yield text.slice(start);
}
