import { readRecords, type ByteSource } from './byte-source.ts';
import { requireName } from './column-fit.ts';
import { badTable, shown, type Delimiter } from './csv-reader.ts';

export interface ReadTableOptions {
  delimiter?: Delimiter | undefined;
  /** Columns are named column-1, column-2, … where the file has no line of names. */
  noHeader?: boolean | undefined;
  /** Bytes read so far, in each of the passes. */
  onProgress?: ((bytes: number) => void) | undefined;
}

/** Calls back with the names of columns, then for each row, of which every one has a field for each column. */
export async function readTable(
  source: ByteSource,
  { noHeader = false, ...options }: ReadTableOptions,
  onHeader: (names: string[]) => (fields: string[], row: number) => void,
): Promise<{ header: string[]; rows: number }> {
  let header: string[] | undefined;
  let onRow: ReturnType<typeof onHeader> | undefined;
  let rows = 0;
  await readRecords(source, options, (fields, line) => {
    if (!header || !onRow) {
      header = noHeader ? fields.map((_, i) => `column-${i + 1}`) : namesOf(fields);
      onRow = onHeader(header);
      if (!noHeader) return;
    }
    rows++;
    if (fields.length !== header.length)
      throw badTable(`Row ${rows}, on line ${line}, has another number of fields than the first line.`, {
        expected: `${header.length}`,
        got: `${fields.length}: ${fields.slice(0, 6).map(shown).join(', ')}`,
        hint: 'Quote fields that hold the separator; the separator itself is named with --delimiter.',
      });
    onRow(fields, rows);
  });
  if (!header) throw badTable('The table is empty.', { expected: 'a line of names and at least one row' });
  return { header, rows };
}

function namesOf(fields: readonly string[]): string[] {
  const names = fields.map((field) => field.trim());
  names.forEach((name, i) => {
    if (name === '')
      throw badTable(`Column ${i + 1} has no name.`, {
        expected: 'a name for every column in the first line',
        hint: 'Name it, or pass --no-header where the first line is a row already.',
      });
    requireName(`number ${i + 1}`, name, 'name');
    const first = names.indexOf(name);
    if (first !== i)
      throw badTable(`Columns ${first + 1} and ${i + 1} have the same name.`, {
        expected: 'each name once',
        got: shown(name),
      });
  });
  return names;
}
