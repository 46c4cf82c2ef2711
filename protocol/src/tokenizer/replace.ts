import type { JsonReader } from './json-reader.ts';
import { Pattern, type Span } from './pattern/pattern.ts';

/** Where something is found in a text. */
export type Finder = (text: string) => Span[];

/** `{"String": …}` or `{"Regex": …}`. */
export function readFinder(part: JsonReader): Finder {
  const pattern = part.object('pattern');
  if (pattern.has('Regex')) {
    const compiled = new Pattern(pattern.text('Regex'));
    return (text) => compiled.matches(text);
  }
  const sought = pattern.text('String');
  return (text) => findText(text, sought);
}

function findText(text: string, sought: string): Span[] {
  const found: Span[] = [];
  // Between all characters, and at the end.
  if (sought === '') {
    let at = 0;
    for (const character of text) {
      found.push([at, at]);
      at += character.length;
    }
    return [...found, [at, at]];
  }
  for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + sought.length))
    found.push([at, at + sought.length]);
  return found;
}

export function replaceAll(text: string, find: Finder, by: string): string {
  // Nothing is looked for in nothing.
  if (text === '') return text;
  let said = '';
  let at = 0;
  for (const [start, end] of find(text)) {
    said += text.slice(at, start) + by;
    at = end;
  }
  return said + text.slice(at);
}
