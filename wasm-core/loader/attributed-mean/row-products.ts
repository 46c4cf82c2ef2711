import type { ReadOptions, RowSource } from '../aggregate-types.ts';
import type { CoreInstance } from '../instantiate.ts';
import { parts } from '../parts.ts';
import { zeros } from '../rows.ts';
import { SegmentTotals } from '../segment-totals.ts';
import type { Call } from '../threads.ts';
import { TileReader } from '../tiles.ts';

/** Rows that a thread takes at least. */
const ROWS = 8;

export interface RowProducts {
  /** ‖row‖². */
  square: number;
  /** Inner product with each of the others. */
  others: number[];
}

/** Squared lengths of the rows, and their inner products with each of the others, in f64; one pass over the columns. */
export function rowProducts(
  core: CoreInstance,
  rows: RowSource,
  others: readonly Float64Array[],
  options: ReadOptions,
): RowProducts[] {
  return products(core, rows, others, true, options).map((row) => ({
    others: row.slice(0, others.length),
    square: row[others.length]!,
  }));
}

/** Inner product of each row with one other. */
export function rowProduct(core: CoreInstance, rows: RowSource, other: Float64Array, options: ReadOptions): number[] {
  return products(core, rows, [other], false, options).map(([product]) => product!);
}

/** A row of numbers a row. */
function products(
  core: CoreInstance,
  rows: RowSource,
  others: readonly Float64Array[],
  squares: boolean,
  options: ReadOptions,
): number[][] {
  const { arena } = core;
  const [n, k] = [rows.n, others.length];
  const width = k + Number(squares);
  // Rows have sums of their own, so threads share them.
  const rowParts = parts(core.threads.count, n, 1, ROWS);
  return arena.scope(() => {
    const reader = new TileReader(core, rows, options);
    const sums = zeros(core, n * width);
    const totals = new SegmentTotals(core, reader, n * width, sums);
    const all = Array.from({ length: n }, (_, row) => row);
    reader.pass(all, (tile) => {
      const columns = others.map((other) => arena.copyIn(other.subarray(tile.from, tile.from + tile.columns)));
      const table = arena.copyIn(Uint32Array.from(columns));
      totals.add(tile, (from, to, partial) =>
        rowParts.map(({ from: first, to: end }): Call => {
          const at = partial + first * width * 8;
          return ['rowProductsSimd', tile.rows + first * 4, end - first, table, k, Number(squares), from, to, at];
        }),
      );
    });
    const values = Array.from(arena.f64(sums, n * width));
    return Array.from({ length: n }, (_, i) => values.slice(i * width, (i + 1) * width));
  });
}
