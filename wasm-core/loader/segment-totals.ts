import type { Pointer } from './exports.ts';
import type { CoreInstance } from './instantiate.ts';
import type { Call } from './threads.ts';
import type { Tile, TileReader } from './tiles.ts';

/**
 * Sums over columns that do not depend on tiles or threads: each segment is summed by one call into totals of its own,
 * and segments are added in ascending order (assembly/aggregate/blocks.ts). A tile is a whole number of segments, or a
 * whole part of one, whose totals then wait for the next tile.
 */
export class SegmentTotals {
  readonly #instance: CoreInstance;
  readonly #segment: number;
  readonly #columns: number;
  readonly #length: number;
  readonly #into: Pointer;
  readonly #partials: Pointer[];

  /** into: f64[length], zero at the start of a pass. Must be made inside an arena's scope. */
  constructor(instance: CoreInstance, reader: TileReader, length: number, into: Pointer) {
    this.#instance = instance;
    this.#segment = instance.exports.segmentColumns();
    this.#columns = reader.source.d;
    this.#length = length;
    this.#into = into;
    const count = Math.max(1, Math.ceil(reader.columns / this.#segment));
    this.#partials = Array.from({ length: count }, () => instance.arena.allocate(length * 8));
    for (const partial of this.#partials) this.#clear(partial);
  }

  /** call: one call, or several that write to different places of `partial`. */
  add({ from, columns }: Tile, call: (from: number, to: number, partial: Pointer) => Call | Call[]): void {
    const { exports, threads } = this.#instance;
    const starts: number[] = [];
    for (let start = 0; start < columns; start += this.#segment) starts.push(start);
    const ends = starts.map((start) => Math.min(start + this.#segment, columns));
    threads.run(starts.flatMap((start, i) => calls(call(start, ends[i]!, this.#partials[i]!))));
    ends.forEach((end, i) => {
      if ((from + end) % this.#segment !== 0 && from + end !== this.#columns) return;
      exports.addTotals(this.#into, this.#partials[i]!, this.#length);
      this.#clear(this.#partials[i]!);
    });
  }

  #clear(partial: Pointer): void {
    this.#instance.arena.f64(partial, this.#length).fill(0);
  }
}

/** A call is a list itself: its name, then numbers. */
function calls(made: Call | Call[]): Call[] {
  return typeof made[0] === 'string' ? [made as Call] : (made as Call[]);
}
