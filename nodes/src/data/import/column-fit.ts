import { MAX_CATEGORIES, MAX_NAME, findHiddenByForm, type DescribedColumn } from '@covey/protocol';
import { looksLikeOtherDate, parseCell, typeOfCell, type CellType } from './cells.ts';
import { badTable, shown } from './csv-reader.ts';
import { NumberList } from './number-list.ts';

export const columnTypes = ['number', 'integer', 'boolean', 'date', 'category'] as const;
export type ColumnType = (typeof columnTypes)[number];
export const scalings = ['standard', 'min-max', 'none'] as const;
export type Scaling = (typeof scalings)[number];

export interface ColumnOptions {
  /** What the column is, whatever it looks like. */
  type?: ColumnType | undefined;
  scale: Scaling;
  /** A feature that says where a number is missing. */
  indicators: boolean;
  /** Most categories of a column. */
  maxCategories: number;
  /** A place for values beyond the most frequent ones, and for those that come later. */
  other: boolean;
}

/** Values that are told apart: later ones are beyond. */
const MAX_DISTINCT = 2 * MAX_CATEGORIES;

/** Learns a column from its cells: what type it has, how it is scaled, which categories there are. */
export class ColumnFit {
  readonly name: string;
  readonly #options: ColumnOptions;
  readonly #numbers = new NumberList((length) => new Float64Array(length));
  readonly #counts = new Map<string, number>();
  /** Type of all cells so far. */
  #cells: CellType | 'mixed' | undefined;
  #isWhole = true;
  #missing = 0;
  #beyond = false;
  /** The first cell that no number, boolean or date is. */
  #odd: { row: number; text: string } | undefined;
  #otherDates = 0;

  constructor(name: string, options: ColumnOptions) {
    this.name = name;
    this.#options = options;
  }

  /** Takes the next row's cell, trimmed; undefined where it is missing. */
  add(text: string | undefined, row: number): void {
    if (text === undefined) {
      this.#missing++;
      return;
    }
    if (this.#options.type !== 'category' && this.#cells !== 'mixed') this.#addNumber(text, row);
    if (looksLikeOtherDate(text)) this.#otherDates++;
    this.#count(text);
  }

  #addNumber(text: string, row: number): void {
    const { type } = this.#options;
    const wanted = type === undefined ? this.#cells : cellTypeOf(type);
    const cell = wanted ?? typeOfCell(text);
    const value = cell === undefined || cell === 'mixed' ? Number.NaN : parseCell(text, cell);
    if (Number.isNaN(value) || (type === 'integer' && !Number.isInteger(value))) {
      if (type !== undefined) throw wrongCell(this.name, row, text, type);
      this.#cells = 'mixed';
      this.#odd = { row, text };
      return;
    }
    this.#cells = cell;
    this.#isWhole &&= Number.isInteger(value);
    this.#numbers.push(value);
  }

  #count(text: string): void {
    const count = this.#counts.get(text);
    if (count === undefined && this.#counts.size === MAX_DISTINCT) this.#beyond = true;
    else this.#counts.set(text, (count ?? 0) + 1);
  }

  get missing(): number {
    return this.#missing;
  }

  /** What a person may want to know about what was made of the column. */
  note(): string | undefined {
    if (this.#odd === undefined || this.#numbers.length === 0) return undefined;
    return `${this.name} is a category, since row ${this.#odd.row} has ${shown(this.#odd.text)}`;
  }

  type(): ColumnType | undefined {
    if (this.#options.type) return this.#options.type;
    if (this.#cells === 'mixed') return 'category';
    return this.#cells === 'number' && this.#isWhole ? 'integer' : this.#cells;
  }

  /** Smallest and largest value; undefined of categories. */
  range(): { least: number; greatest: number } | undefined {
    if (this.type() === 'category' || this.#numbers.length === 0) return undefined;
    const [least, greatest] = extremes(this.#numbers.values());
    return { least, greatest };
  }

  /** How often each value came, most frequent first; no more than were counted. */
  frequencies(): [value: string, count: number][] {
    return [...this.#counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  }

  describe(): DescribedColumn {
    const type = this.type();
    if (type === undefined)
      throw badTable(`Column ${shown(this.name)} has no value in any row.`, {
        expected: 'at least one value',
        hint: `Leave it out: --drop ${this.name}`,
      });
    if (type === 'category') return this.#describeCategories();
    const { indicators, scale } = this.#options;
    const values = this.#numbers.values();
    const fill = medianOf(values);
    const scaling = scalingOf(this.name, values, type === 'boolean' ? 'none' : scale);
    return { name: this.name, type, fill, indicator: indicators && this.#missing > 0, ...scaling };
  }

  #describeCategories(): DescribedColumn {
    const { maxCategories, other } = this.#options;
    const most = this.frequencies();
    if ((most.length > maxCategories || this.#beyond) && !other) throw this.#tooMany(most.length);
    const kept = most.slice(0, maxCategories).map(([value]) => value);
    for (const value of kept) requireName(this.name, value, 'category');
    return {
      name: this.name,
      type: 'category',
      categories: kept.sort((a, b) => (a < b ? -1 : 1)),
      missing: this.#missing > 0,
      other,
    };
  }

  #tooMany(distinct: number) {
    const { maxCategories } = this.#options;
    const name = shown(this.name);
    if (this.#otherDates > 0 && this.#otherDates >= distinct)
      return badTable(`Column ${name} has dates in an order that nobody can tell.`, {
        expected: 'dates such as 2026-11-30',
        got: shown(this.#odd?.text ?? ''),
        hint: `Rewrite them, or leave the column out: --drop ${this.name}`,
      });
    const many = this.#beyond ? `more than ${distinct} different values` : `${distinct} different values`;
    const odd = this.#odd && this.#numbers.length > 0 ? this.#odd : undefined;
    return badTable(`Column ${name} has too many categories.`, {
      expected: `numbers in all rows, or at most ${maxCategories} categories`,
      got: odd ? `${many}; row ${odd.row} has ${shown(odd.text)}` : many,
      hint: odd
        ? `Mend that row, or say that its value is missing: --missing ${odd.text}`
        : `Leave the column out (--drop ${this.name}), allow more (--max-categories), or keep the frequent ones (--other).`,
    });
  }
}

const cellTypeOf = (type: ColumnType): CellType => (type === 'integer' || type === 'category' ? 'number' : type);

export function wrongCell(column: string, row: number, text: string, type: ColumnType) {
  const expected = {
    number: 'a number such as -1.5 or 2e3',
    integer: 'a whole number',
    boolean: 'true or false, yes or no',
    date: 'a date such as 2026-11-30 or 2026-11-30T12:00',
    category: 'a category',
  }[type];
  return badTable(`Row ${row} has no ${type} in column ${shown(column)}.`, {
    expected,
    got: shown(text),
    hint: `Mend the row, or say that such a value is missing: --missing ${text.slice(0, 40)}`,
  });
}

/** Names go into a document that others read: each is text that is shown as it is meant. */
export function requireName(column: string, value: string, what: string): void {
  if (value.length > 0 && value.length <= MAX_NAME && !findHiddenByForm(value)) return;
  throw badTable(`Column ${shown(column)} has a ${what} that cannot be a name.`, {
    expected: `1 to ${MAX_NAME} visible characters`,
    got: shown(value),
    hint: 'Take out what cannot be seen, or leave the column out with --drop.',
  });
}

/** The middle value in order, of an even number of them the mean of both in the middle. */
function medianOf(values: Float64Array): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle]! + 0;
  return sorted[middle - 1]! / 2 + sorted[middle]! / 2 + 0;
}

function extremes(values: Float64Array): [number, number] {
  let [least, greatest] = [values[0]!, values[0]!];
  for (const value of values) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return [least, greatest];
}

/** Sums run in the order of rows, in doubles; the square root is correctly rounded on every engine. */
export function scalingOf(name: string, values: Float64Array, scaling: Scaling): { shift: number; scale: number } {
  if (scaling === 'none') return { shift: 0, scale: 1 };
  const { shift, spread } = scaling === 'standard' ? momentsOf(values) : rangeOf(values);
  if (!Number.isFinite(shift) || !Number.isFinite(spread))
    throw badTable(`Column ${shown(name)} has numbers that are too large to scale.`, {
      expected: 'numbers below 1e150',
      hint: 'Give them in a larger unit, or leave the column out with --drop.',
    });
  // Adding 0 makes of −0 a 0, which documents cannot tell apart.
  return { shift: shift + 0, scale: spread > 0 ? spread : 1 };
}

function momentsOf(values: Float64Array): { shift: number; spread: number } {
  let sum = 0;
  for (const value of values) sum += value;
  const shift = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - shift) * (value - shift);
  return { shift, spread: Math.sqrt(squares / values.length) };
}

function rangeOf(values: Float64Array): { shift: number; spread: number } {
  const [least, greatest] = extremes(values);
  return { shift: least, spread: greatest - least };
}
