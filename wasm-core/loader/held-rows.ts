import type { RowSource } from './aggregate-types.ts';
import { INFINITY_BITS, notFinite } from './arguments.ts';
import type { Pointer } from './exports.ts';
import type { CoreInstance } from './instantiate.ts';

/** Bytes of rows that are kept in the core's memory; what takes more is read anew in each pass, a tile at a time. */
export const MAX_HELD_BYTES = 2 ** 28;

/** Rows that stand in the core's memory, floored and found finite: passes over them copy nothing. */
interface HeldRows extends RowSource {
  /** Where each begins. */
  at: readonly Pointer[];
}

export function isHeld(rows: RowSource): rows is HeldRows {
  return 'at' in rows;
}

/** Room for so many rows of so many columns; undefined where they are too many, or there is none. */
export class RowRoom {
  readonly #core: CoreInstance;
  readonly #d: number;
  readonly #at: readonly Pointer[];
  readonly release: () => void;

  private constructor(core: CoreInstance, at: readonly Pointer[], d: number, release: () => void) {
    this.#core = core;
    this.#d = d;
    this.#at = at;
    this.release = release;
  }

  static of(core: CoreInstance, n: number, d: number): RowRoom | undefined {
    const each = Math.ceil(d / 16) * 64;
    const held = n * each <= MAX_HELD_BYTES ? core.arena.hold(n * each) : undefined;
    if (!held) return undefined;
    const at = Array.from({ length: n }, (_, row) => held.at + row * each);
    return new RowRoom(core, at, d, held.release);
  }

  /** Reads the rows into the room, once; they may be made of those that stand there, each of the one in its place. */
  fill(rows: RowSource): HeldRows {
    const { arena, exports } = this.#core;
    for (let row = 0; row < rows.n; row++) {
      const values = arena.f32(this.#at[row]!, this.#d);
      rows.read(row, 0, this.#d, values);
      if (exports.floorSimd(this.#at[row]!, this.#d) >>> 0 >= INFINITY_BITS) throw notFinite(`updates[${row}]`, values);
    }
    return this.#rows(rows.n);
  }

  /** The first rows, and one more behind them. */
  append(rows: HeldRows, row: Float32Array): HeldRows {
    this.#core.arena.f32(this.#at[rows.n]!, this.#d).set(row);
    return this.#rows(rows.n + 1);
  }

  #rows(n: number): HeldRows {
    const { arena } = this.#core;
    const at = this.#at.slice(0, n);
    return { n, d: this.#d, at, read: (row, from, to, into) => into.set(arena.f32(at[row]! + from * 4, to - from)) };
  }
}
