import type { CoveyError } from '@covey/errors';
import { protocolError } from '../errors.ts';

/** Reads a model's `config.json`, which anybody may have written. Absent and null are the same there. */
export class ConfigReader {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #place: string;

  constructor(given: unknown, place = 'config.json') {
    this.#place = place;
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      const expected = 'a JSON object';
      throw protocolError('PROTOCOL_UNSUPPORTED_MODEL', `${place} is no object of fields`, { expected, got: given });
    }
    this.#fields = { ...given };
  }

  has(key: string): boolean {
    return this.#value(key) !== undefined;
  }

  size(key: string, otherwise?: number): number {
    const value = this.#value(key) ?? otherwise;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
    throw this.#refused(key, { expected: 'an integer above 0', got: value });
  }

  text(key: string): string {
    const value = this.#value(key);
    if (typeof value === 'string') return value;
    throw this.#refused(key, { expected: 'a text', got: value });
  }

  /** A place in a list, from 0. */
  index(key: string, otherwise: number): number {
    const value = this.#value(key) ?? otherwise;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    throw this.#refused(key, { expected: 'an integer from 0', got: value });
  }

  /** At most 64 sizes. */
  sizes(key: string, otherwise: readonly number[]): readonly number[] {
    const value = this.#value(key) ?? otherwise;
    const isSize = (one: unknown): boolean => typeof one === 'number' && Number.isSafeInteger(one) && one > 0;
    if (Array.isArray(value) && value.length > 0 && value.length <= 64 && value.every(isSize)) return value as number[];
    throw this.#refused(key, { expected: 'a list of integers above 0', got: value });
  }

  /** Whether the model was saved with this kind of head: how its class in transformers ends. */
  isFor(head: string): boolean {
    const value = this.#value('architectures') ?? [];
    return Array.isArray(value) && value.some((name) => typeof name === 'string' && name.endsWith(head));
  }

  /** Classes of a head, as transformers counts them. */
  labels(): number {
    const names = this.#value('id2label');
    if (names === undefined) return this.size('num_labels', 2);
    const count = typeof names === 'object' && names !== null ? Object.keys(names).length : 0;
    if (count > 0) return count;
    throw this.#refused('id2label', { expected: 'names of classes', got: names });
  }

  /** Whether a head's outputs are numbers and no classes. */
  isOfNumbers(labels: number): boolean {
    const kinds = { regression: true, single_label_classification: false };
    return this.choice('problem_type', kinds, labels === 1 ? 'regression' : 'single_label_classification');
  }

  /** What to throw where a field says what the core does not compute. */
  unsupported(key: string, expected: string): CoveyError {
    return this.#refused(key, { expected, got: this.#value(key) });
  }

  /** A size up to `most`: how often something is built is bounded before it is. */
  sizeUpTo(most: number, key: string, otherwise?: number): number {
    const value = this.size(key, otherwise);
    if (value <= most) return value;
    throw this.#refused(key, { expected: `at most ${most}`, got: value });
  }

  /** A size from `least` on, where the field is given. */
  atLeast(least: number, key: string): void {
    if (!this.has(key) || this.size(key) >= least) return;
    throw this.#refused(key, { expected: `at least the length of a text, ${least}`, got: this.size(key) });
  }

  number(key: string, otherwise?: number): number {
    const value = this.#value(key) ?? otherwise;
    if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
    throw this.#refused(key, { expected: 'a number above 0', got: value });
  }

  flag(key: string, otherwise: boolean): boolean {
    const value = this.#value(key) ?? otherwise;
    if (typeof value === 'boolean') return value;
    throw this.#refused(key, { expected: 'true or false', got: value });
  }

  /** One of the names of a table, as what the table says. */
  choice<T>(key: string, table: Readonly<Record<string, T>>, otherwise?: string): T {
    const value = this.#value(key) ?? otherwise;
    if (typeof value === 'string' && Object.hasOwn(table, value)) return table[value]!;
    throw this.#refused(key, { expected: Object.keys(table).join(', '), got: value });
  }

  /** A flag that must have this value where it is given: with another the network would be one that the core has not. */
  only(key: string, value: boolean): void {
    if (this.flag(key, value) !== value) throw this.#refused(key, { expected: `${value}`, got: !value });
  }

  object(key: string): ConfigReader {
    return new ConfigReader(this.#value(key), `${this.#place}: ${key}`);
  }

  #value(key: string): unknown {
    return Object.hasOwn(this.#fields, key) ? (this.#fields[key] ?? undefined) : undefined;
  }

  #refused(key: string, { expected, got }: { expected: string; got: unknown }) {
    const details = { expected, got };
    return protocolError('PROTOCOL_UNSUPPORTED_MODEL', `\`${key}\` of ${this.#place} is not supported`, details);
  }
}
