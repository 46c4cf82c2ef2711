import type { ReadOptions, RowSource } from '../aggregate-types.ts';
import type { CoreInstance } from '../instantiate.ts';
import { zeros } from '../rows.ts';
import { SegmentTotals } from '../segment-totals.ts';
import { TileReader } from '../tiles.ts';

export interface RowProducts {
  /** ‖row‖². */
  square: number;
  /** Inner product with each of the others. */
  others: number[];
}

/** Inner products of every row with each of the others, in f64; one pass over the columns. */
export function rowProducts(
  core: CoreInstance,
  rows: RowSource,
  others: readonly Float64Array[],
  options: ReadOptions,
): RowProducts[] {
  const { arena } = core;
  const [n, k] = [rows.n, others.length];
  return arena.scope(() => {
    const reader = new TileReader(core, rows, options);
    const sums = zeros(core, n * (k + 1));
    const totals = new SegmentTotals(core, reader, n * (k + 1), sums);
    const all = Array.from({ length: n }, (_, row) => row);
    reader.pass(all, (tile) => {
      const columns = others.map((other) => arena.copyIn(other.subarray(tile.from, tile.from + tile.columns)));
      const table = arena.copyIn(Uint32Array.from(columns));
      totals.add(tile, (from, to, partial) => ['rowProductsSimd', tile.rows, n, table, k, from, to, partial]);
    });
    const values = Array.from(arena.f64(sums, n * (k + 1)));
    return Array.from({ length: n }, (_, i) => {
      const at = i * (k + 1);
      return { others: values.slice(at, at + k), square: values[at + k]! };
    });
  });
}
