import type { AggregateOptions, RowSource } from './aggregate-types.ts';
import { notFinite, throwIfAborted } from './arguments.ts';
import type { Pointer } from './exports.ts';
import type { CoreInstance } from './instantiate.ts';

const INFINITY_BITS = 0x7f800000;

/** A tile of columns of some rows in the core's memory: columns from…from + columns of the source at 0…columns. */
export interface Tile {
  from: number;
  columns: number;
  /** u32 table of pointers to the rows that were asked for, in that order. */
  rows: Pointer;
  /** Bits of the largest |value| of each of these rows in this tile. */
  magnitudes: number[];
}

/**
 * Reads the updates a tile of columns at a time, as often as rules need: what is in memory at once is n tiles, never the
 * updates. Tiles are whole segments (assembly/aggregate/blocks.ts), or a whole part of one, so sums over columns get the
 * same bits whatever the tile.
 */
export class TileReader {
  readonly source: RowSource;
  readonly columns: number;
  readonly #instance: CoreInstance;
  readonly #options: AggregateOptions;
  readonly #slots: Pointer;
  readonly #table: Pointer;
  #done = 0;
  #total = 0;

  /** Must be made inside an arena's scope, which frees its memory. */
  constructor(instance: CoreInstance, source: RowSource, options: AggregateOptions, tileColumns?: number) {
    const { arena, exports } = instance;
    this.#instance = instance;
    this.source = source;
    this.#options = options;
    this.columns = Math.min(source.d, tileColumns ?? exports.segmentColumns() * segmentsATile(instance, source.n));
    this.#slots = arena.allocate(source.n * this.#slotBytes);
    this.#table = arena.allocate(source.n * 4);
  }

  get #slotBytes(): number {
    return Math.ceil(this.columns / 16) * 64;
  }

  /** One pass over the columns of `wanted` rows. scales: powers of two by which rows of the source are multiplied. */
  pass(wanted: readonly number[], work: (tile: Tile) => void, scales?: readonly number[]): void {
    const { arena } = this.#instance;
    const { d } = this.source;
    this.#total += d;
    for (let from = 0; from < d; from += this.columns) {
      throwIfAborted(this.#options.signal);
      const columns = Math.min(this.columns, d - from);
      const at = wanted.map((_, slot) => this.#slots + slot * this.#slotBytes);
      arena.u32(this.#table, wanted.length).set(at);
      wanted.forEach((row, slot) => this.source.read(row, from, from + columns, arena.f32(at[slot]!, columns)));
      const magnitudes = this.#look(wanted, from, columns, at);
      wanted.forEach((row, slot) => this.#scale(at[slot]!, columns, scales?.[row]));
      arena.scope(() => work({ from, columns, rows: this.#table, magnitudes }));
      this.#done += columns;
      this.#options.onProgress?.(this.#done, this.#total);
    }
  }

  /** Looks at the copy: the source may be shared memory and change meanwhile. */
  #look(wanted: readonly number[], from: number, columns: number, at: readonly Pointer[]): number[] {
    const { arena, threads } = this.#instance;
    const magnitudes = threads
      .run(at.map((slot) => ['magnitudeSimd', slot, columns]))
      .map((bits) => Number(bits) >>> 0);
    const bad = magnitudes.findIndex((magnitude) => magnitude >= INFINITY_BITS);
    if (bad >= 0) throw notFinite(`updates[${wanted[bad]}]`, arena.f32(at[bad]!, columns), from);
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
