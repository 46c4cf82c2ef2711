import { readErrorWords, type ErrorCatalogue, type Language, type Translation } from '@covey/errors';
import { fill, keyOf, match } from './template.ts';

/** What a language has of the command's own words; English is the key, `{0}` stands for the first value. */
interface Words {
  /** Summaries, options and headings of help, and words that stand alone: phases, states, roles. */
  phrases: Readonly<Record<string, string>>;
  /** What commands print. */
  lines: Readonly<Record<string, string>>;
  /** What errors say of a case: message, expected, hint. */
  errors: Readonly<Record<string, string>>;
}

interface Spoken extends Words {
  language: Language;
  /** What each code and each contract's error means. */
  catalogue: ErrorCatalogue;
}

const english: Spoken = { language: 'en', phrases: {}, lines: {}, errors: {}, catalogue: {} };
let spoken = english;

const files: Record<Translation, () => Promise<{ default: Words }>> = {
  'zh-Hans': () => import('../locales/zh-Hans.json', { with: { type: 'json' } }),
  'zh-Hant': () => import('../locales/zh-Hant.json', { with: { type: 'json' } }),
};

/** Makes the process speak a language. A process has one reader, so it has one language. */
export async function speak(language: Language): Promise<void> {
  if (language === 'en') spoken = english;
  else spoken = { language, catalogue: await readErrorWords(language), ...(await files[language]()).default };
}

export const spokenLanguage = (): Language => spoken.language;
export const errorCatalogue = (): ErrorCatalogue => spoken.catalogue;

/**
 * A line for people in the reader's language: say`task ${id} is open` looks for "task {0} is open". Without a translation it
 * stays English; `node scripts/cli-words.ts` lists what lacks one.
 */
export function say(parts: TemplateStringsArray, ...values: readonly unknown[]): string {
  const key = keyOf(parts);
  return fill(spoken.lines[key] ?? key, values.map(String));
}

/** Names or amounts one after another, as the language separates them. */
export const list = (items: readonly string[]): string => items.join(spoken.language === 'en' ? ', ' : '、');

/** A text of help, or a word such as the name of a phase. */
export const phrase = (text: string): string => spoken.phrases[text] ?? byTemplate(spoken.phrases, text) ?? text;

/**
 * A sentence of an error in the reader's language, its values as they are; undefined where no template fits. A value may be
 * a sentence itself: what a parser says of an argument.
 */
export const sentence = (text: string): string | undefined =>
  spoken.errors[text] ?? byTemplate(spoken.errors, text, spokenValue) ?? ofField(text);

/** One word is a name: of a command, a column, a loss. */
const spokenValue = (value: string): string => (value.includes(' ') ? (sentence(value) ?? value) : value);

/** `rounds must be at least 1; it is 0` has a field before its sentence. */
function ofField(text: string): string | undefined {
  const [, field, rest] = /^(\S+) ((?:must|is|has) [^]+)$/.exec(text) ?? [];
  const said = rest === undefined ? undefined : sentence(rest);
  return said && `${field} ${said}`;
}

function byTemplate(
  words: Words['errors'],
  text: string,
  valueOf: (value: string) => string = String,
): string | undefined {
  for (const [key, translation] of templatesOf(words)) {
    const values = match(key, text)?.map(valueOf);
    if (values && !(isVague(key) && values.some(hasProse))) return fill(translation, values);
  }
  return undefined;
}

/** `{0} of {1}` fits half of all English sentences: it is for amounts and names, not for what nobody has translated. */
const isVague = (key: string): boolean => key.replace(/\{\d+\}|[^a-z]/gi, '').length < 12;

const hasProse = (value: string): boolean => /[a-z]{2,} [a-z]{2,}/.test(value);

const sorted = new WeakMap<Words['errors'], [string, string][]>();

/** Those with values, the most definite first. */
function templatesOf(words: Words['errors']): [string, string][] {
  const known = sorted.get(words);
  if (known) return known;
  const literal = (key: string) => key.replace(/\{\d+\}/g, '').length;
  const rows = Object.entries(words)
    .filter(([key]) => key.includes('{0}'))
    .sort(([a], [b]) => literal(b) - literal(a));
  sorted.set(words, rows);
  return rows;
}
