import type { ReadOptions, RowSource } from '../aggregate-types.ts';
import { orderStatistic } from '../columns.ts';
import { kept } from '../faint.ts';
import type { CoreInstance } from '../instantiate.ts';
import { TileReader } from '../tiles.ts';

/** The largest f32. */
const MOST = 3.4028234663852886e38;

/**
 * Live updates at their step's length, each value cut to `clip` lower medians (by seats) of the magnitudes of its column;
 * the others are zeros. A row stands for each of its seats.
 */
export function clippedRows(
  core: CoreInstance,
  updates: RowSource,
  { scales, seats, clip }: { scales: readonly number[]; seats: readonly number[]; clip: number },
  options: ReadOptions,
): RowSource {
  const scaled = scaledRows(updates, scales);
  const tops = medianMagnitudes(core, scaled, scales, seats, options);
  return {
    n: updates.n,
    d: updates.d,
    read: (row, from, to, into) => {
      scaled.read(row, from, to, into);
      for (let c = 0; c < into.length; c++) {
        const most = Math.fround(kept(clip * tops[from + c]!));
        if (into[c]! > most) into[c] = most;
        else if (into[c]! < -most) into[c] = -most;
      }
    },
  };
}

function scaledRows(rows: RowSource, scales: readonly number[]): RowSource {
  return {
    n: rows.n,
    d: rows.d,
    read: (row, from, to, into) => {
      const scale = scales[row]!;
      if (scale === 0) return void into.fill(0);
      rows.read(row, from, to, into);
      // A step of a length beyond f32 is as long as f32 lets it be.
      for (let c = 0; c < into.length; c++) into[c] = kept(Math.max(-MOST, Math.min(MOST, into[c]! * scale)));
    },
  };
}

/** f32 a column: the lower median of |values| over the seats of the live rows. */
function medianMagnitudes(
  core: CoreInstance,
  rows: RowSource,
  scales: readonly number[],
  seats: readonly number[],
  options: ReadOptions,
): Float32Array {
  const copies = scales.flatMap((scale, i) => (scale > 0 ? new Array<number>(seats[i]!).fill(i) : []));
  const magnitudes: RowSource = {
    n: rows.n,
    d: rows.d,
    read: (row, from, to, into) => {
      rows.read(row, from, to, into);
      for (let c = 0; c < into.length; c++) into[c] = Math.abs(into[c]!);
    },
  };
  const { arena } = core;
  return arena.scope(() => {
    const reader = new TileReader(core, magnitudes, options);
    const middle = (copies.length - 1) >> 1;
    const order = orderStatistic(core, copies.length, middle, middle + 1);
    const workspace = arena.allocate(order.workspaceBytes);
    const out = arena.allocate(reader.columns * 4);
    const tops = new Float32Array(rows.d);
    reader.pass(copies, ({ from, columns, rows: table }) => {
      core.threads.run([order.call(table, { from: 0, to: columns }, out, workspace)]);
      tops.set(arena.f32(out, columns), from);
    });
    return tops;
  });
}
