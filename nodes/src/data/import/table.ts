import { encodeDataDescription, type Dataset, type DescribedTable } from '@covey/protocol';
import { MAX_SAMPLES } from '@covey/wasm-core';
import { nodeError } from '../../errors.ts';
import type { ByteSource } from './byte-source.ts';
import { ColumnFit, requireName, type ColumnOptions, type ColumnType, type Scaling } from './column-fit.ts';
import { badTable, shown } from './csv-reader.ts';
import { NumberList } from './number-list.ts';
import { ClassFit, TargetFit, byUnits, outputOf, type OutputFit } from './output-fit.ts';
import { readTable, type ReadTableOptions } from './read-table.ts';
import { TableMap, cellOf, outputColumns } from './table-map.ts';

export interface TableOptions {
  /** The column with classes. */
  label?: string | undefined;
  /** The columns with numbers to predict, in place of classes. */
  targets?: readonly string[] | undefined;
  drop?: readonly string[] | undefined;
  types?: Readonly<Record<string, ColumnType>> | undefined;
  /** What stands for no value, beside nothing; default `defaultMissing`. */
  missing?: readonly string[] | undefined;
  scale?: Scaling | undefined;
  indicators?: boolean | undefined;
  maxCategories?: number | undefined;
  other?: boolean | undefined;
}

export const defaultMissing = ['?', 'N/A', 'NA', 'NULL', 'NaN', 'None', 'nan', 'null'] as const;

export interface FittedTable {
  description: DescribedTable;
  notes: string[];
}

/** Learns how rows become samples: types, missing values, categories, scaling, classes. */
export async function fitTable(
  source: ByteSource,
  read: ReadTableOptions,
  options: TableOptions,
): Promise<FittedTable> {
  const missing = [...new Set(options.missing ?? defaultMissing)].filter((text) => text !== '').sort(byUnits);
  const isMissing = new Set(missing);
  let columns: { at: number; fit: ColumnFit }[] = [];
  let outputs: { at: number; fit: OutputFit }[] = [];
  const { rows } = await readTable(source, read, (header) => {
    requireKnown(header, options);
    ({ columns, outputs } = rolesOf(header, options));
    return (fields, row) => {
      if (row > MAX_SAMPLES) throw tooLong();
      for (const { at, fit } of columns) fit.add(cellOf(fields[at]!, isMissing), row);
      for (const { at, fit } of outputs) fit.add(cellOf(fields[at]!, isMissing), row);
    };
  });
  if (rows === 0) throw badTable('The table has no rows.', { expected: 'at least one row behind the line of names' });
  const description: DescribedTable = {
    schema: 'covey.data/1',
    kind: 'table',
    columns: columns.map(({ fit }) => fit.describe()),
    missing,
    output: outputOf(outputs.map(({ fit }) => fit)),
    source: { samples: rows },
  };
  // Refused here where it is too large for a document, before anything is mapped by it.
  encodeDataDescription(description);
  return { description, notes: columns.flatMap(({ fit }) => fit.note() ?? []) };
}

function rolesOf(header: readonly string[], options: TableOptions) {
  const { label, targets = [], drop = [] } = options;
  const asked = label === undefined ? targets : [label];
  if (asked.length === 0 || (label !== undefined && targets.length > 0))
    throw badTable('A table needs what is to be predicted.', {
      expected: 'either --label COLUMN for classes, or --target COLUMN for numbers',
      got: header.slice(0, 12).map(shown).join(', '),
    });
  const outputs = asked.map((name) => ({
    at: header.indexOf(name),
    fit: label === undefined ? new TargetFit(name, options.scale) : new ClassFit(name),
  }));
  const left = header
    .map((name, at) => ({ name, at }))
    .filter(({ name }) => !asked.includes(name) && !drop.includes(name));
  if (left.length === 0) throw badTable('No column is left to predict from.', { expected: 'at least one feature' });
  return {
    outputs,
    columns: left.map(({ name, at }) => ({ at, fit: new ColumnFit(name, columnOptions(name, options)) })),
  };
}

export function columnOptions(name: string, options: TableOptions): ColumnOptions {
  return {
    // A column may be called `constructor`, as what every object has.
    type: options.types && Object.hasOwn(options.types, name) ? options.types[name] : undefined,
    scale: options.scale ?? 'standard',
    indicators: options.indicators ?? false,
    maxCategories: options.maxCategories ?? 64,
    other: options.other ?? false,
  };
}

function requireKnown(header: readonly string[], { label, targets = [], drop = [], types = {} }: TableOptions): void {
  const named = [...(label === undefined ? [] : [label]), ...targets, ...drop, ...Object.keys(types)];
  const unknown = named.find((name) => !header.includes(name));
  if (unknown === undefined) return;
  throw badTable(`The table has no column ${shown(unknown)}.`, {
    expected: header.slice(0, 12).map(shown).join(', ') + (header.length > 12 ? ', …' : ''),
    got: shown(unknown),
  });
}

const tooLong = () =>
  nodeError('DATA_TOO_LARGE', 'The table has too many rows.', {
    expected: `at most ${MAX_SAMPLES}`,
    hint: 'Split it.',
  });

export interface MappedTable {
  data: Dataset;
  /** Of each row the value in the column asked for, and where each stands in `names`. */
  groups?: { names: string[]; of: Uint32Array };
  /** Columns of the file that the description does not know. */
  ignored: string[];
}

/** Maps rows as a description says; `by` also names a column whose values part the rows. */
export async function mapTable(
  source: ByteSource,
  read: ReadTableOptions,
  { description, by, needsOutput }: { description: DescribedTable; by?: string | undefined; needsOutput?: boolean },
): Promise<MappedTable> {
  let map: TableMap | undefined;
  const of = new NumberList((length) => new Uint32Array(length));
  const names = new Map<string, number>();
  const { header } = await readTable(source, read, (columns) => {
    map = new TableMap(description, columns, needsOutput);
    const at = by === undefined ? -1 : columns.indexOf(by);
    if (by !== undefined && at === -1) requireKnown(columns, { label: by });
    return (fields, row) => {
      map!.add(fields);
      if (at !== -1) of.push(groupOf(names, by!, fields[at]!.trim(), row));
    };
  });
  const known = new Set([...description.columns.map(({ name }) => name), ...outputColumns(description)]);
  return {
    data: map!.dataset(),
    ...(by !== undefined && { groups: { names: [...names.keys()], of: of.values() } }),
    ignored: header.filter((name) => !known.has(name)),
  };
}

/** More parts than this are no nodes. */
const MAX_GROUPS = 1024;

function groupOf(names: Map<string, number>, by: string, value: string, row: number): number {
  const known = names.get(value);
  if (known !== undefined) return known;
  requireName(by, value, 'value');
  if (names.size === MAX_GROUPS)
    throw badTable(`Column ${shown(by)} parts the rows into too many files, at row ${row}.`, {
      expected: `at most ${MAX_GROUPS} different values`,
    });
  names.set(value, names.size);
  return names.size - 1;
}
