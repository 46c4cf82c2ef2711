import type { Pointer } from './exports.ts';
import type { CoreInstance } from './instantiate.ts';
import { parts } from './parts.ts';
import { nonZero } from './rows.ts';
import type { Call } from './threads.ts';
import type { Tile, TileReader } from './tiles.ts';

/** Rows that pre-aggregators made, which exist a tile at a time. */
export interface Mixtures {
  /** The distinct ones among those asked for: copies of an update give the same row, which is made once. */
  rows: number[];
  /** Which of these each row is that was asked for. */
  places: number[];
  /** Pointers to them, in the core's memory. */
  made: Pointer[];
  /** Makes them from a tile of all updates; the next tile overwrites them. */
  fill(tile: Tile): void;
}

/** The rows `of` those with weights f64[made][rows]; updates: the update that each row is. */
export function mixtures(
  core: CoreInstance,
  reader: TileReader,
  updates: readonly number[],
  weights: Float64Array,
  of: readonly number[],
): Mixtures {
  const { arena } = core;
  const n = updates.length;
  const sharesOf = (row: number) => weights.subarray(row * n, row * n + n);
  const { rows, places } = distinct(of, sharesOf);
  const recipes = rows.map((row) => {
    const shares = sharesOf(row);
    const members = nonZero(shares);
    return { members, shares: arena.copyIn(Float64Array.from(members, (member) => shares[member]!)) };
  });
  const made = rows.map(() => arena.allocate(reader.columns * 4));
  const pointers = arena.allocate(n * 4);
  const fill = (tile: Tile): void => {
    const at = arena.u32(tile.rows, reader.source.n).slice();
    recipes.forEach(({ members, shares }, i) => {
      arena.u32(pointers, members.length).set(members.map((row) => at[updates[row]!]!));
      weightedMean(core, pointers, shares, members.length, tile.columns, made[i]!);
    });
  };
  return { rows, places, made, fill };
}

/** Copies are neighbours, so each row is held against the one before it. */
function distinct(
  of: readonly number[],
  sharesOf: (row: number) => Float64Array,
): { rows: number[]; places: number[] } {
  const rows: number[] = [];
  const places = of.map((row) => {
    const last = rows.at(-1);
    const shares = sharesOf(row);
    if (last === undefined || sharesOf(last).some((share, i) => share !== shares[i])) rows.push(row);
    return rows.length - 1;
  });
  return { rows, places };
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
