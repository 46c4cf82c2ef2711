import {
  MAX_SHARD_BYTES,
  columnWidth,
  type Classes,
  type Dataset,
  type DescribedColumn,
  type DescribedTable,
} from '@covey/protocol';
import { MAX_SAMPLES, integerType, valueTypes } from '@covey/wasm-core';
import { nodeError } from '../../errors.ts';
import { parseCell, trimmed, type CellType } from './cells.ts';
import { wrongCell } from './column-fit.ts';
import { badTable, shown } from './csv-reader.ts';
import { NumberList } from './number-list.ts';

type Write = (value: number) => void;

/** Where in a file's rows a described column stands. */
interface Placed<T> {
  at: number;
  column: T;
}

/** Maps rows as a description says, one after another. */
export class TableMap {
  readonly #description: DescribedTable;
  readonly #columns: Placed<(text: string | undefined, row: number) => void>[];
  readonly #outputs: Placed<(text: string, row: number) => void>[];
  readonly #missing: ReadonlySet<string>;
  readonly #inputs = new NumberList((length) => new Float32Array(length));
  readonly #labels = new NumberList((length) => new Uint32Array(length));
  readonly #targets = new NumberList((length) => new Float32Array(length));
  readonly #features: number;
  #rows = 0;

  /** `header`: names of the file's columns; those that the description does not know are left out. */
  constructor(description: DescribedTable, header: readonly string[], needsOutput = true) {
    this.#description = description;
    this.#missing = new Set(description.missing);
    this.#features = description.columns.reduce((sum, column) => sum + columnWidth(column), 0);
    const write = (value: number) => this.#inputs.push(value);
    this.#columns = description.columns.map((column) => ({
      at: placeOf(header, column.name),
      column: column.type === 'category' ? categoryWriter(column, write) : numberWriter(column, write),
    }));
    const names = outputColumns(description);
    const isThere = names.every((name) => header.includes(name));
    this.#outputs = needsOutput || isThere ? this.#outputWriters(names, header) : [];
  }

  #outputWriters(names: string[], header: readonly string[]) {
    const { output } = this.#description;
    return names.map((name, i) => {
      const column =
        output.type === 'class'
          ? classWriter(name, output.names ?? [], (label) => this.#labels.push(label))
          : targetWriter(output.values[i]!, (value) => this.#targets.push(value));
      return { at: placeOf(header, name), column };
    });
  }

  /** Takes the next row; throws DATA_BAD_TABLE that names row and column where a value does not fit. */
  add(fields: readonly string[]): void {
    const row = ++this.#rows;
    if (row > MAX_SAMPLES || row * this.#features * 4 > MAX_SHARD_BYTES)
      throw nodeError('DATA_TOO_LARGE', `The table is too large from row ${row} on.`, {
        expected: `at most ${MAX_SAMPLES} rows and ${MAX_SHARD_BYTES / 2 ** 20} MiB of features (${this.#features} a row)`,
        hint: 'Split the file, or leave columns out with --drop.',
      });
    for (const { at, column } of this.#columns) column(this.#cell(fields, at), row);
    for (const { at, column } of this.#outputs) {
      const text = this.#cell(fields, at);
      if (text === undefined) throw missingOutput(row, outputColumns(this.#description).join(', '));
      column(text, row);
    }
  }

  #cell(fields: readonly string[], at: number): string | undefined {
    return cellOf(fields[at]!, this.#missing);
  }

  /** All rows as a dataset; without labels or targets where the file has none and none were needed. */
  dataset(): Dataset {
    if (this.#rows === 0) throw badTable('The table has no rows.', { expected: 'a header and at least one row' });
    const inputs = this.#inputs.values().slice();
    const { output } = this.#description;
    const data = { inputs, features: this.#features };
    if (this.#outputs.length === 0) return data;
    if (output.type === 'number') return { ...data, targets: this.#targets.values().slice() };
    const labels = new valueTypes[integerType(output.count)].Array(this.#labels.values());
    return { ...data, labels: labels as Classes };
  }
}

/** The value of a cell, undefined where it is missing. */
export function cellOf(field: string, missing: ReadonlySet<string>): string | undefined {
  const text = trimmed(field);
  return text === '' || missing.has(text) ? undefined : text;
}

export function missingOutput(row: number, column: string) {
  return badTable(`Row ${row} has no value in column ${shown(column)}.`, {
    expected: 'a label or target in every row',
    got: 'a missing value',
    hint: 'Take out rows whose outcome is not known.',
  });
}

export function outputColumns({ output }: DescribedTable): string[] {
  return output.type === 'class' ? [output.column!] : output.values.map((value) => value.name);
}

function placeOf(header: readonly string[], name: string): number {
  const at = header.indexOf(name);
  if (at !== -1) return at;
  throw badTable(`The table has no column ${shown(name)}.`, {
    expected: `a column named ${shown(name)}`,
    got: header.slice(0, 12).map(shown).join(', ') + (header.length > 12 ? ', …' : ''),
    hint: 'Columns are found by their names; rename it in the first line.',
  });
}

/** (value − shift) / scale in doubles, to f32 at the end, and never −0. */
function scaled(name: string, row: number, value: number, { shift, scale }: { shift: number; scale: number }): number {
  const result = Math.fround((value - shift) / scale) + 0;
  if (Number.isFinite(result)) return result;
  throw badTable(`Row ${row} has a number in column ${shown(name)} that is too large.`, {
    expected: `within f32 after scaling by ${scale}`,
    got: String(value),
  });
}

function numberWriter(column: Exclude<DescribedColumn, { type: 'category' }>, write: Write) {
  const { name, type, fill, indicator } = column;
  const cell: CellType = type === 'integer' ? 'number' : type;
  return (text: string | undefined, row: number) => {
    const value = text === undefined ? fill : parseCell(text, cell);
    const misfit = Number.isNaN(value) || (type === 'integer' && text !== undefined && !Number.isInteger(value));
    if (misfit) throw wrongCell(name, row, text!, type);
    write(scaled(name, row, value, column));
    if (indicator) write(text === undefined ? 1 : 0);
  };
}

function categoryWriter(column: Extract<DescribedColumn, { type: 'category' }>, write: Write) {
  const { name, categories, missing, other } = column;
  const width = columnWidth(column);
  const places = new Map(categories.map((category, i) => [category, i]));
  const placeOther = other ? width - 1 : undefined;
  const placeMissing = missing ? categories.length : placeOther;
  return (text: string | undefined, row: number) => {
    const place = text === undefined ? placeMissing : (places.get(text) ?? placeOther);
    if (place === undefined) throw unknown(name, row, text, categories);
    for (let i = 0; i < width; i++) write(i === place ? 1 : 0);
  };
}

function classWriter(name: string, classes: readonly string[], write: Write) {
  const labels = new Map(classes.map((one, i) => [one, i]));
  return (text: string, row: number) => {
    const label = labels.get(text);
    if (label === undefined) throw unknown(name, row, text, classes);
    write(label);
  };
}

function targetWriter(target: { name: string; shift: number; scale: number }, write: Write) {
  return (text: string, row: number) => {
    const value = parseCell(text, 'number');
    if (Number.isNaN(value)) throw wrongCell(target.name, row, text, 'number');
    write(scaled(target.name, row, value, target));
  };
}

function unknown(name: string, row: number, text: string | undefined, known: readonly string[]) {
  const all = known.slice(0, 12).map(shown).join(', ');
  return badTable(`Row ${row} has a value in column ${shown(name)} that is not known.`, {
    expected: known.length > 12 ? `${all}, … (${known.length})` : all,
    got: text === undefined ? 'a missing value' : shown(text),
    hint: 'Mend the row; a description that is made with --other has a place for such values.',
  });
}
