import { match } from '@covey/nodes/cli';
import { foreignCharacters, hasEnglish } from '../error-words.ts';

/** English to another language. */
type Translations = Readonly<Record<string, string>>;

const placesOf = (text: string): string => [...new Set(text.match(/\{\d+\}/g))].sort().join();

/** What a section of a language lacks, what it has for nothing, and what in it is wrong. */
export function judge(language: string, section: string, used: ReadonlySet<string>, words: Translations) {
  // A text of help that holds a list or a number of the program is translated by a template.
  const templates = Object.keys(words).filter((key) => section === 'phrases' && key.includes('{0}'));
  const byTemplate = (text: string) => templates.find((key) => match(key, text) !== undefined);
  const answered = new Map([...used].map((key) => [key, words[key] === undefined ? byTemplate(key) : key]));
  const lacking = [...used].filter((key) => answered.get(key) === undefined);
  const needed = new Set(answered.values());
  const stale = Object.keys(words).filter((key) => !needed.has(key));
  const wrong = Object.entries(words).flatMap(([key, text]) => {
    if (text.trim() === '') return [`${JSON.stringify(key)} has an empty translation`];
    if (placesOf(text) !== placesOf(key)) return [`${JSON.stringify(key)} has other places than its translation`];
    if (text === key && hasEnglish(text)) return [`${JSON.stringify(key)} is left in English`];
    const foreign = foreignCharacters(language, text);
    return foreign.length === 0 ? [] : [`${JSON.stringify(text)} has characters of other Chinese: ${foreign.join('')}`];
  });
  return { lacking, stale, wrong };
}
