import { MAX_UPDATES, type RowSource } from './aggregate-types.ts';
import { requireF32, requireLength } from './arguments.ts';
import { describe, coreError } from './errors.ts';

/** Values of an update: bounds what a result takes in the host's memory. */
const MAX_COLUMNS = 2 ** 30;

/** Checks the shape of what the caller handed over, and reads arrays as a source. */
export function rowSource(updates: Float32Array[] | RowSource): RowSource {
  if (isSource(updates)) {
    const { n, d } = updates;
    checkCount('updates', n, MAX_UPDATES, describe(n));
    checkColumns('updates', d);
    return updates;
  }
  const d = checkRows('updates', updates, MAX_UPDATES);
  return { n: updates.length, d, read: (row, from, to, into) => into.set(updates[row]!.subarray(from, to)) };
}

function isSource(updates: unknown): updates is RowSource {
  return typeof updates === 'object' && updates !== null && typeof (updates as RowSource).read === 'function';
}

/** Number of columns, the same in all. */
export function checkRows(name: string, rows: Float32Array[], most: number): number {
  checkCount(name, Array.isArray(rows) ? rows.length : 0, most, describe(rows));
  const d = requireF32(`${name}[0]`, rows[0]).length;
  checkColumns(name, d);
  // Not forEach, which skips holes.
  for (let i = 0; i < rows.length; i++) {
    requireLength(`${name}[${i}]`, requireF32(`${name}[${i}]`, rows[i]).length, d, `as in ${name}[0]`);
  }
  return d;
}

function checkCount(name: string, count: number, most: number, got: string): void {
  if (Number.isInteger(count) && count >= 1 && count <= most) return;
  throw coreError('CORE_BAD_ARGUMENT', `\`${name}\` has the wrong number of arrays`, {
    expected: `1 to ${most}`,
    got,
  });
}

function checkColumns(name: string, d: number): void {
  if (Number.isInteger(d) && d >= 1 && d <= MAX_COLUMNS) return;
  throw coreError('CORE_BAD_SHAPE', `\`${name}\` has the wrong length`, {
    expected: `1 to ${MAX_COLUMNS} values`,
    got: String(d),
  });
}
