import type { ReadOptions, RowSource } from '../aggregate-types.ts';
import type { Combination } from '../aggregate.ts';
import type { CoreInstance } from '../instantiate.ts';
import { mixtures } from '../mixtures.ts';
import { zeros } from '../rows.ts';
import { SegmentTotals } from '../segment-totals.ts';
import { TileReader, type Tile } from '../tiles.ts';

/** What one update is in an aggregate: w_c are its effective weights, one a column. */
export interface EffectivePart {
  /** Σ_c w_c: 0 where the update has no part in it, as weights are not negative. */
  weight: number;
  /** Σ_c w_c · u_c · slope_c. */
  slope: number;
}

type ByColumns = Extract<Combination, { coordinates: unknown }>;

/** Parts of the updates in a mean of each column's values in a window; the kernel is assembly/aggregate/window-parts.ts. */
export function windowParts(
  core: CoreInstance,
  updates: RowSource,
  combination: ByColumns,
  slopes: Float64Array,
  options: ReadOptions,
): EffectivePart[] {
  const { arena, exports } = core;
  const { of, window } = combination.coordinates;
  return arena.scope(() => {
    const reader = new TileReader(core, updates, options);
    const { wanted, counts, weights, valuesOf } = windowRows(core, reader, combination);
    const n = wanted.length;
    const sums = zeros(core, n * 2);
    const totals = new SegmentTotals(core, reader, n * 2, sums);
    const segment = exports.segmentColumns();
    const bytes = exports.windowPartsWorkspace(counts.length, of.length);
    const workspaces = Array.from({ length: Math.ceil(reader.columns / segment) }, () => arena.allocate(bytes));
    const seats = arena.copyIn(Uint32Array.from(counts));
    const mixing = weights && arena.copyIn(weights);
    reader.pass(wanted, (tile) => {
      const values = valuesOf(tile);
      const along = arena.copyIn(slopes.subarray(tile.from, tile.from + tile.columns));
      totals.add(tile, (from, to, partial) => [
        'windowParts',
        values,
        seats,
        counts.length,
        window.low,
        window.high,
        window.keep,
        tile.rows,
        mixing ?? 0,
        n,
        along,
        from,
        to,
        partial,
        workspaces[Math.floor(from / segment)]!,
      ]);
    });
    const parts = Array.from({ length: updates.n }, (): EffectivePart => ({ weight: 0, slope: 0 }));
    const found = arena.f64(sums, n * 2);
    wanted.forEach((update, i) => (parts[update] = { slope: found[i * 2]!, weight: found[i * 2 + 1]! }));
    return parts;
  });
}

interface WindowRows {
  /** Updates that are read. */
  wanted: number[];
  /** How often each row stands in a column. */
  counts: number[];
  /** f64[wanted][rows], where rows are mixtures; else they are the wanted updates. */
  weights: Float64Array | undefined;
  /** Table of pointers to the rows in a tile of the wanted updates. */
  valuesOf: (tile: Tile) => number;
}

function windowRows(core: CoreInstance, reader: TileReader, combination: ByColumns): WindowRows {
  const { coordinates, updates, weights } = combination;
  const { n } = reader.source;
  const { of } = coordinates;
  if (weights === undefined) {
    const counts = new Map<number, number>();
    for (const row of of) counts.set(updates[row]!, (counts.get(updates[row]!) ?? 0) + 1);
    return {
      wanted: [...counts.keys()],
      counts: [...counts.values()],
      weights: undefined,
      valuesOf: ({ rows }) => rows,
    };
  }
  const { rows, places, made, fill } = mixtures(core, reader, updates, weights, of);
  const counts = rows.map(() => 0);
  for (const place of places) counts[place]!++;
  const summed = new Float64Array(rows.length * n);
  rows.forEach((from, i) =>
    updates.forEach((update, row) => (summed[update * rows.length + i]! += weights[from * updates.length + row]!)),
  );
  const table = core.arena.copyIn(Uint32Array.from(made));
  const valuesOf = (tile: Tile) => {
    fill(tile);
    return table;
  };
  return { wanted: Array.from({ length: n }, (_, update) => update), counts, weights: summed, valuesOf };
}
