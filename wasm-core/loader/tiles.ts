import type { ReadOptions, RowSource } from './aggregate-types.ts';
import { INFINITY_BITS, notFinite, throwIfAborted } from './arguments.ts';
import type { Pointer } from './exports.ts';
import { isHeld } from './held-rows.ts';
import type { CoreInstance } from './instantiate.ts';

/** A tile of columns of some rows in the core's memory: columns from…from + columns of the source at 0…columns. */
export interface Tile {
  from: number;
  columns: number;
  /** u32 table of pointers to the rows that were asked for, in that order. */
  rows: Pointer;
  /** Bits of the largest |value| of each of these rows in this tile. */
  magnitudes(): number[];
}

/**
 * Reads the updates a tile of columns at a time, as often as rules need: what is in memory at once is n tiles, never the
 * updates. Tiles are whole segments (assembly/aggregate/blocks.ts), or a whole part of one, so sums over columns get the
 * same bits whatever the tile. Rows that are held already (held-rows.ts) are not copied.
 */
export class TileReader {
  readonly source: RowSource;
  readonly columns: number;
  readonly #instance: CoreInstance;
  readonly #options: ReadOptions;
  readonly #slots: Pointer;
  #done = 0;
  #total = 0;

  /** Must be made inside an arena's scope, which frees its memory. */
  constructor(instance: CoreInstance, source: RowSource, options: ReadOptions, tileColumns?: number) {
    const { arena, exports } = instance;
    this.#instance = instance;
    this.source = source;
    this.#options = options;
    this.columns = Math.min(source.d, tileColumns ?? exports.segmentColumns() * segmentsATile(instance, source.n));
    this.#slots = isHeld(source) ? 0 : arena.allocate(source.n * this.#slotBytes);
  }

  get #slotBytes(): number {
    return Math.ceil(this.columns / 16) * 64;
  }

  /**
   * One pass over the columns of `wanted` rows; one that is wanted more than once is read once, and stands in the table as
   * often. scales: powers of two, at most 1, by which rows of the source are multiplied.
   */
  pass(wanted: readonly number[], work: (tile: Tile) => void, scales?: readonly number[]): void {
    const { arena } = this.#instance;
    const { source } = this;
    const { d } = source;
    if (isHeld(source)) return this.#passHeld(source.at, wanted, work);
    const distinct = [...new Set(wanted)];
    const slots = new Map(distinct.map((row, slot) => [row, this.#slots + slot * this.#slotBytes]));
    this.#total += d;
    arena.scope(() => {
      const table = arena.copyIn(Uint32Array.from(wanted, (row) => slots.get(row)!));
      for (let from = 0; from < d; from += this.columns) {
        throwIfAborted(this.#options.signal);
        const columns = Math.min(this.columns, d - from);
        for (const [row, at] of slots) this.source.read(row, from, from + columns, arena.f32(at, columns));
        const seen = this.#look(slots, from, columns);
        for (const [row, at] of slots) this.#scale(at, columns, scales?.[row]);
        const magnitudes = () => wanted.map((row) => seen.get(row)!);
        arena.scope(() => work({ from, columns, rows: table, magnitudes }));
        this.#done += columns;
        this.#options.onProgress?.(this.#done, this.#total);
      }
    });
  }

  /** They are read only, so nothing scales them: only what measures rows asks for that, and it holds none. */
  #passHeld(at: readonly Pointer[], wanted: readonly number[], work: (tile: Tile) => void): void {
    const { arena, exports } = this.#instance;
    const { d } = this.source;
    this.#total += d;
    arena.scope(() => {
      const table = arena.allocate(wanted.length * 4);
      for (let from = 0; from < d; from += this.columns) {
        throwIfAborted(this.#options.signal);
        const columns = Math.min(this.columns, d - from);
        const places = wanted.map((row) => at[row]! + from * 4);
        arena.u32(table, wanted.length).set(places);
        const magnitudes = () => places.map((place) => exports.floorSimd(place, columns) >>> 0);
        arena.scope(() => work({ from, columns, rows: table, magnitudes }));
        this.#done += columns;
        this.#options.onProgress?.(this.#done, this.#total);
      }
    });
  }

  /**
   * Looks at the copies, as the source may be shared memory and change meanwhile, and makes what is below the floor 0
   * (assembly/vector/faint.ts).
   */
  #look(slots: ReadonlyMap<number, Pointer>, from: number, columns: number): Map<number, number> {
    const { arena, threads } = this.#instance;
    const bits = threads.run(Array.from(slots.values(), (at) => ['floorSimd', at, columns]));
    const magnitudes = new Map(Array.from(slots.keys(), (row, i) => [row, Number(bits[i]) >>> 0]));
    for (const [row, magnitude] of magnitudes) {
      if (magnitude >= INFINITY_BITS) throw notFinite(`updates[${row}]`, arena.f32(slots.get(row)!, columns), from);
    }
    return magnitudes;
  }

  #scale(at: Pointer, columns: number, scale: number | undefined): void {
    if (scale !== undefined && scale !== 1) this.#instance.exports.scaleBy(at, columns, scale);
  }
}

/** Bytes of all tiles that several threads may take; a thread alone works a segment at a time. */
const TILES_BYTES = 2 ** 28;

/** Segments in a tile: one a thread, so that each can sum a whole one. */
function segmentsATile({ exports, threads }: CoreInstance, n: number): number {
  const room = Math.floor(TILES_BYTES / (n * exports.segmentColumns() * 4));
  return Math.max(1, Math.min(threads.count, room));
}
