import type { ByteSource } from './byte-source.ts';
import { ColumnFit, type ColumnType } from './column-fit.ts';
import { readTable, type ReadTableOptions } from './read-table.ts';
import { cellOf } from './table-map.ts';
import { columnOptions, defaultMissing, type TableOptions } from './table.ts';

export interface InspectedColumn {
  name: string;
  type: ColumnType | 'empty';
  missing: number;
  range: { least: number; greatest: number } | undefined;
  /** How often the most frequent values come. */
  frequent: [value: string, count: number][];
  note: string | undefined;
}

/** What the columns of a table hold, with its first rows; nothing is refused for what models need. */
export async function inspectTable(source: ByteSource, read: ReadTableOptions, options: TableOptions = {}) {
  const isMissing = new Set(options.missing ?? defaultMissing);
  let fits: ColumnFit[] = [];
  const first: string[][] = [];
  const { header, rows } = await readTable(source, read, (names) => {
    fits = names.map((name) => new ColumnFit(name, columnOptions(name, options)));
    return (fields, row) => {
      if (row <= 3) first.push(fields);
      fits.forEach((fit, at) => fit.add(cellOf(fields[at]!, isMissing), row));
    };
  });
  const columns = fits.map((fit): InspectedColumn => {
    const type = fit.type() ?? 'empty';
    return {
      name: fit.name,
      type,
      missing: fit.missing,
      range: fit.range(),
      frequent: fit.frequencies().slice(0, 8),
      note: fit.note(),
    };
  });
  return { header, rows, first, columns };
}
