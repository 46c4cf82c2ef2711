import type { CoveyError } from '@covey/errors';
import { protocolError } from '../errors.ts';
import { isWellFormed } from './unicode.ts';

/** The most that a refusal shows of what it got. */
const SHOWN = 80;

export function unsupported(what: string, expected: string, got?: unknown): CoveyError {
  const shown = got === undefined ? 'nothing' : (JSON.stringify(got) ?? typeof got).slice(0, SHOWN);
  return protocolError('PROTOCOL_UNSUPPORTED_TOKENIZER', `${what} is not supported`, { expected, got: shown });
}

/** Reads an object of `tokenizer.json`, which anybody may have written. Absent and null are the same. */
export class JsonReader {
  readonly place: string;
  readonly #fields: object;

  constructor(given: unknown, place: string) {
    this.place = place;
    if (typeof given !== 'object' || given === null || Array.isArray(given))
      throw unsupported(place, 'an object of fields', given);
    this.#fields = given;
  }

  /** Undefined for null too. Only what the object itself holds. */
  value(key: string): unknown {
    return Object.hasOwn(this.#fields, key) ? ((this.#fields as Record<string, unknown>)[key] ?? undefined) : undefined;
  }

  has(key: string): boolean {
    return this.value(key) !== undefined;
  }

  entries(): [string, unknown][] {
    return Object.entries(this.#fields);
  }

  text(key: string, otherwise?: string): string {
    const value = this.value(key) ?? otherwise;
    if (typeof value === 'string' && isWellFormed(value)) return value;
    throw this.refused(key, 'a text', value);
  }

  optionalText(key: string): string | undefined {
    return this.has(key) ? this.text(key) : undefined;
  }

  /** One code point. */
  character(key: string): string {
    const value = this.text(key);
    if ([...value].length === 1) return value;
    throw this.refused(key, 'one character', value);
  }

  flag(key: string, otherwise?: boolean): boolean {
    const value = this.value(key) ?? otherwise;
    if (typeof value === 'boolean') return value;
    throw this.refused(key, 'true or false', value);
  }

  integer(key: string, { most, least = 0, otherwise }: { most: number; least?: number; otherwise?: number }): number {
    const value = this.value(key) ?? otherwise;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most) return value;
    throw this.refused(key, `a whole number from ${least} to ${most}`, value);
  }

  list(key: string, most: number): readonly unknown[] {
    const value = this.value(key);
    if (Array.isArray(value) && value.length <= most) return value as readonly unknown[];
    throw this.refused(key, `a list of at most ${most}`, Array.isArray(value) ? value.length : value);
  }

  object(key: string): JsonReader {
    return new JsonReader(this.value(key), `${this.place}.${key}`);
  }

  refused(key: string, expected: string, got: unknown): CoveyError {
    return unsupported(`\`${key}\` of ${this.place}`, expected, got);
  }
}

/** Parts of lists of parts, and how deep those may stand in each other. */
const MOST_PARTS = 32;
const MOST_DEPTH = 2;

type Build<T> = (part: JsonReader, nested: (key: string) => T[]) => T;

/** A part of a tokenizer by its `type`; one that is a sequence of others gets them by `nested`. */
export function readPart<T>(given: unknown, place: string, table: Readonly<Record<string, Build<T>>>, depth = 0): T {
  if (depth > MOST_DEPTH) throw unsupported(place, `at most ${MOST_DEPTH} levels`, 'more');
  const part = new JsonReader(given, place);
  const type = part.text('type');
  if (!Object.hasOwn(table, type)) throw part.refused('type', Object.keys(table).join(', '), type);
  return table[type]!(part, (key) =>
    part.list(key, MOST_PARTS).map((one, i) => readPart(one, `${place}.${key}[${i}]`, table, depth + 1)),
  );
}
