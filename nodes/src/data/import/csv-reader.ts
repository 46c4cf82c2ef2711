import { MAX_COLUMNS, MAX_NAME, escapeHidden } from '@covey/protocol';
import { nodeError } from '../../errors.ts';

/** Characters of one field, so that a quote that is never closed cannot swallow a file. */
export const MAX_FIELD = 65_536;
export const delimiters = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof delimiters)[number];

const QUOTE = 0x22;
const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** Where the reader stands: before a field, in a bare one, in a quoted one, behind a quote in that, behind its end. */
type Place = 'before' | 'bare' | 'quoted' | 'quote';

/**
 * Reads records of RFC 4180 from text that comes in pieces: quoted fields with doubled quotes and line breaks, lines that
 * end in LF, CRLF or CR. A quote inside of a bare field is a character. Lines without anything are skipped.
 */
export class CsvReader {
  readonly #delimiter: number;
  readonly #onRecord: (fields: string[], line: number) => void;
  #place: Place = 'before';
  #field = '';
  #fields: string[] = [];
  /** Lines are counted from 1; a record is named by the line on which it begins. */
  #line = 1;
  #begun = 1;
  #afterReturn = false;

  constructor(delimiter: Delimiter, onRecord: (fields: string[], line: number) => void) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#onRecord = onRecord;
  }

  push(text: string): void {
    let at = 0;
    if (this.#afterReturn && text.length > 0) {
      this.#afterReturn = false;
      if (text.charCodeAt(0) === NEWLINE) at = 1;
    }
    while (at < text.length) at = this.#place === 'quoted' ? this.#readQuoted(text, at) : this.#readBare(text, at);
  }

  end(): void {
    if (this.#place === 'quoted')
      throw badTable(`A quote is never closed in the record on line ${this.#begun}.`, {
        expected: 'a closing "',
        got: 'the end of the file',
      });
    if (this.#place !== 'before' || this.#fields.length > 0) this.#endRecord();
  }

  #readQuoted(text: string, from: number): number {
    const found = text.indexOf('"', from);
    const end = found === -1 ? text.length : found;
    const part = text.slice(from, end);
    for (let i = 0; i < part.length; i++) {
      const code = part.charCodeAt(i);
      if (code === NEWLINE || (code === RETURN && part.charCodeAt(i + 1) !== NEWLINE)) this.#line++;
    }
    this.#add(part);
    if (found === -1) return end;
    this.#place = 'quote';
    return end + 1;
  }

  #readBare(text: string, from: number): number {
    if (text.charCodeAt(from) === QUOTE && this.#place !== 'bare') {
      // The first quote opens, a second one behind a quote is one that belongs to the field.
      if (this.#place === 'quote') this.#add('"');
      this.#place = 'quoted';
      return from + 1;
    }
    let at = from;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === this.#delimiter || code === NEWLINE || code === RETURN) break;
    }
    if (at > from) {
      if (this.#place === 'quote')
        throw badTable(`Text follows a closed quote in the record on line ${this.#begun}.`, {
          expected: 'a separator or the end of the line',
          got: shown(text.slice(from, at)),
          hint: 'Double the quotes that belong to a field.',
        });
      this.#place = 'bare';
      this.#add(text.slice(from, at));
    }
    if (at === text.length) return at;
    if (text.charCodeAt(at) === this.#delimiter) {
      this.#endField();
      return at + 1;
    }
    this.#endRecord();
    this.#line++;
    this.#begun = this.#line;
    if (text.charCodeAt(at) === NEWLINE) return at + 1;
    if (at + 1 === text.length) this.#afterReturn = true;
    return text.charCodeAt(at + 1) === NEWLINE ? at + 2 : at + 1;
  }

  #add(text: string): void {
    if (this.#field.length + text.length > MAX_FIELD)
      throw badTable(`A field is too long in the record on line ${this.#begun}.`, {
        expected: `at most ${MAX_FIELD} characters`,
        got: shown(this.#field + text.slice(0, 80)),
        hint: 'Look for a quote that is not closed, or drop the column.',
      });
    this.#field += text;
  }

  #endField(): void {
    if (this.#fields.length >= MAX_COLUMNS)
      throw badTable(`There are too many fields in the record on line ${this.#begun}.`, {
        expected: `at most ${MAX_COLUMNS}`,
      });
    this.#fields.push(this.#field);
    this.#field = '';
    // A separator promises one more field, which may be empty.
    this.#place = 'before';
  }

  #endRecord(): void {
    const isEmpty = this.#fields.length === 0 && this.#place === 'before';
    if (isEmpty) return;
    this.#endField();
    const fields = this.#fields;
    this.#fields = [];
    this.#onRecord(fields, this.#begun);
  }
}

/** The separator that stands most often outside of quotes in the first line; of equal ones the first in the list. */
export function detectDelimiter(text: string): Delimiter {
  const counts = new Map<string, number>(delimiters.map((one) => [one, 0]));
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    if (quoted) continue;
    if (character === '\n' || character === '\r') break;
    const count = counts.get(character);
    if (count !== undefined) counts.set(character, count + 1);
  }
  return delimiters.reduce((best, one) => (counts.get(one)! > counts.get(best)! ? one : best));
}

export function badTable(message: string, details: { expected?: string; got?: string; hint?: string }) {
  return nodeError('DATA_BAD_TABLE', message, details);
}

/** A value as an error may show it: whole where it is short, and never in command of a terminal. */
export function shown(value: string): string {
  return JSON.stringify(escapeHidden(value.length > 80 ? `${value.slice(0, 80)}…` : value).slice(0, MAX_NAME));
}
