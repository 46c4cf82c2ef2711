import { protocolError } from './errors.ts';

/**
 * Texts are shown as they are meant (docs/reference/protocol.md, Governance): what would not be seen, or would rearrange what is seen, is
 * refused where a text enters and escaped where the chain already holds it.
 */
export type HiddenKind = 'control' | 'bidirectional' | 'surrogate' | 'invisible';

/** A code point that a reader would not see as what it is. */
export interface HiddenCharacter {
  kind: HiddenKind;
  /** Counted in code points, the first is 1. */
  position: number;
  codePoint: number;
}

export interface TextRule {
  /** Newlines and tabs are part of it, as in a body; a title or a name has one line. */
  lines?: boolean;
}

/**
 * First and last code point. A table of our own, as engines know different versions of Unicode, and validators must
 * agree about a document. Invisible is what Unicode calls Default_Ignorable_Code_Point (reserved ones included), and
 * what is drawn as nothing without being named so: the blank Braille cell, the null note head, the controls of
 * hieroglyphs, interlinear marks, noncharacters.
 */
const ranges: Readonly<Record<HiddenKind, readonly (readonly [first: number, last: number])[]>> = {
  control: [
    [0x0000, 0x001f],
    [0x007f, 0x009f],
    [0x2028, 0x2029],
  ],
  bidirectional: [
    [0x061c, 0x061c],
    [0x200e, 0x200f],
    [0x202a, 0x202e],
    [0x2066, 0x2069],
  ],
  // With the flags u and v, halves of a pair are no match.
  surrogate: [[0xd800, 0xdfff]],
  invisible: [
    [0x00ad, 0x00ad],
    [0x034f, 0x034f],
    [0x115f, 0x1160],
    [0x17b4, 0x17b5],
    [0x180b, 0x180f],
    [0x200b, 0x200d],
    [0x2060, 0x2065],
    [0x206a, 0x206f],
    [0x2800, 0x2800],
    [0x3164, 0x3164],
    [0xfdd0, 0xfdef],
    [0xfe00, 0xfe0f],
    [0xfeff, 0xfeff],
    [0xffa0, 0xffa0],
    [0xfff0, 0xfffb],
    [0xfffe, 0xffff],
    [0x13430, 0x1343f],
    [0x1bca0, 0x1bca3],
    [0x1d159, 0x1d159],
    [0x1d173, 0x1d17a],
    ...Array.from(
      { length: 16 },
      (_, plane) => [(plane + 1) * 0x10000 + 0xfffe, (plane + 1) * 0x10000 + 0xffff] as const,
    ),
    [0xe0000, 0xe0fff],
  ],
};

const hex = (codePoint: number): string => codePoint.toString(16);
const hidden = Object.values(ranges)
  .flat()
  .map(([first, last]) => `\\u{${hex(first)}}-\\u{${hex(last)}}`)
  .join('');

/** Sequences that engines show as one emoji (UTS #51): joiners and selectors in them are part of a picture. */
const shownEmoji = '\\p{RGI_Emoji}';
/**
 * The same by form instead of by list, for documents about which every engine must say the same: an emoji of any
 * version, with its selector or skin tone, joined to others; keycaps; flags by tags.
 */
const emojiElement =
  '[\\u00a9\\u00ae\\u203c\\u2049\\u2122\\u2139\\u2190-\\u21ff\\u2300-\\u23ff\\u24c2\\u25a0-\\u27bf\\u2900-\\u297f' +
  '\\u2b00-\\u2bff\\u3030\\u303d\\u3297\\u3299\\u{1f000}-\\u{1faff}](?:\\ufe0f|[\\u{1f3fb}-\\u{1f3ff}])?';
const formedEmoji = [
  '[0-9#*]\\ufe0f\\u20e3',
  '\\u{1f3f4}[\\u{e0030}-\\u{e0039}\\u{e0061}-\\u{e007a}]{3,6}\\u{e007f}',
  `${emojiElement}(?:\\u200d${emojiElement})*`,
].join('|');

const scanners = new Map<string, RegExp>();

/** Made when first needed: an engine without the flag v must still be able to load this module and score. */
function scanner(emoji: string): RegExp {
  const held = scanners.get(emoji) ?? new RegExp(`${emoji}|([${hidden}])`, 'gv');
  scanners.set(emoji, held);
  return held;
}
const formScanner = new RegExp(`${formedEmoji}|([${hidden}])`, 'gu');

const isLine = (character: string): boolean => character === '\n' || character === '\t';

function first(text: string, { lines = false }: TextRule, pattern: RegExp): HiddenCharacter | undefined {
  for (const { 1: character, index } of text.matchAll(pattern)) {
    if (character === undefined || (lines && isLine(character))) continue;
    const codePoint = character.codePointAt(0)!;
    return { kind: kindOf(codePoint), position: [...text.slice(0, index)].length + 1, codePoint };
  }
  return undefined;
}

const kindOf = (codePoint: number): HiddenKind =>
  (Object.keys(ranges) as HiddenKind[]).find((kind) =>
    ranges[kind].some(([from, to]) => codePoint >= from && codePoint <= to),
  )!;

/** The first code point of a text that would not be shown as what it is; undefined where all is seen. */
export const findHidden = (text: string, rule: TextRule = {}): HiddenCharacter | undefined =>
  first(text, rule, scanner(shownEmoji));

/** As `findHidden`, with emoji sequences judged by their form: the same answer in every engine. For documents of rounds. */
export const findHiddenByForm = (text: string, rule: TextRule = {}): HiddenCharacter | undefined =>
  first(text, rule, formScanner);

/** For people: `U+200B (invisible) at character 4`. */
export const hiddenText = ({ kind, position, codePoint }: HiddenCharacter): string =>
  `U+${hex(codePoint).toUpperCase().padStart(4, '0')} (${kind}) at character ${position}`;

/** Throws PROTOCOL_HIDDEN_TEXT for a text that would not be shown as it is meant. `what` names it: "the title". */
export function checkText(what: string, text: string, rule: TextRule = {}): void {
  const found = findHidden(text, rule);
  if (!found) return;
  throw protocolError('PROTOCOL_HIDDEN_TEXT', `${what} holds ${hiddenText(found)}, which is not shown as it is meant`, {
    expected: rule.lines === true ? 'visible characters, newlines and tabs' : 'visible characters in one line',
    got: escapeHidden(text, rule),
  });
}

/** What is hidden becomes visible (`\u{202e}`), for terminals and pages; all else stays. */
export const escapeHidden = (text: string, { lines = false }: TextRule = {}): string =>
  text.replace(scanner(shownEmoji), (match: string, character: string | undefined) =>
    character === undefined || (lines && isLine(character)) ? match : `\\u{${hex(character.codePointAt(0)!)}}`,
  );

const everyHidden = new RegExp(`[${hidden}]`, 'gu');

/** Whether anything of a text can be seen: a title of blanks is a link that nobody finds. */
export const isVisible = (text: string): boolean => /\S/.test(text.replace(everyHidden, ''));

/** What a reader tells choices apart by: NFKC, case folded, without what is invisible, any blanks as one. */
export const choiceKey = (choice: string): string =>
  choice
    .replace(everyHidden, (character) => (character !== '\ufeff' && /\s/.test(character) ? ' ' : ''))
    .normalize('NFKC')
    // Up and down again is what JavaScript has of case folding: ß, ſ and ς become what their capitals are.
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKC')
    .replace(/\s+/g, ' ')
    .trim();

/** Positions (from 1) of two choices that nobody could tell apart. */
export function twinChoices(choices: readonly string[]): readonly [number, number] | undefined {
  const seen = new Map<string, number>();
  for (const [index, choice] of choices.entries()) {
    const key = choiceKey(choice);
    const twin = seen.get(key);
    if (twin !== undefined) return [twin + 1, index + 1];
    seen.set(key, index);
  }
  return undefined;
}
