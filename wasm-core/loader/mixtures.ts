import type { Pointer } from './exports.ts';
import type { CoreInstance } from './instantiate.ts';
import { parts } from './parts.ts';
import { nonZero } from './rows.ts';
import type { Call } from './threads.ts';
import type { Tile, TileReader } from './tiles.ts';

/**
 * The rows `of` those that pre-aggregators made, a tile at a time: given a tile of all updates, a table of pointers to them,
 * which the next tile overwrites. updates: the update that each row is; weights: f64[made][rows].
 */
export function mixtures(
  core: CoreInstance,
  reader: TileReader,
  updates: readonly number[],
  weights: Float64Array,
  of: readonly number[],
): (tile: Tile) => Pointer {
  const { arena } = core;
  const n = updates.length;
  const recipes = of.map((row) => {
    const shares = weights.subarray(row * n, row * n + n);
    const members = nonZero(shares);
    return { members, shares: arena.copyIn(Float64Array.from(members, (member) => shares[member]!)) };
  });
  const made = of.map(() => arena.allocate(reader.columns * 4));
  const table = arena.copyIn(Uint32Array.from(made));
  const pointers = arena.allocate(n * 4);
  return ({ rows, columns }) => {
    const at = arena.u32(rows, reader.source.n).slice();
    recipes.forEach(({ members, shares }, i) => {
      arena.u32(pointers, members.length).set(members.map((row) => at[updates[row]!]!));
      weightedMean(core, pointers, shares, members.length, columns, made[i]!);
    });
    return table;
  };
}

/** out f32[columns] = Σ shares_i · row_i. */
export function weightedMean(
  { threads }: CoreInstance,
  rows: Pointer,
  shares: Pointer,
  count: number,
  columns: number,
  out: Pointer,
): void {
  const each = parts(threads.count, columns);
  threads.run(each.map(({ from, to }): Call => ['weightedMeanSimd', rows, shares, count, from, to, out]));
}
