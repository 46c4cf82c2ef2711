import type { AggregateOptions, Aggregation, ReadOptions, RowSource } from './aggregate-types.ts';
import { copyFiniteOut } from './arguments.ts';
import { requireRule, type Rule } from './check-rule.ts';
import type { PerCoordinate } from './columns.ts';
import type { Pointer } from './exports.ts';
import type { CoreInstance } from './instantiate.ts';
import { measure } from './measure.ts';
import { mixtures, weightedMean } from './mixtures.ts';
import { parts } from './parts.ts';
import { rowSource } from './row-source.ts';
import { greatestNeed, nonZero, repeated } from './rows.ts';
import { updatesOfRows } from './seats.ts';
import { TileReader, type Tile } from './tiles.ts';

/** How a rule combined its rows. Not in the core's memory, so that it outlives the call. */
export type Combination = { /** The update that each row is. */ updates: number[] } & (
  | { /** f64[rows]: Σ shares · row. */ shares: Float64Array }
  | {
      coordinates: PerCoordinate;
      /** f64[made][rows] of the rows that pre-aggregators made, on which `coordinates` works; else it works on the rows. */
      weights: Float64Array | undefined;
    }
);

/**
 * Aggregates in two kinds of passes over the columns: one for the Gram matrix, where the rule or a pre-aggregator asks
 * for it, and one that writes the result. Between them all work is on n × n numbers, since pre-aggregators are linear.
 * tileColumns (a divisor of a segment, in blocks) is for tests: it changes no bit.
 */
export function aggregate(
  core: CoreInstance,
  rule: Rule,
  updates: Float32Array[] | RowSource,
  options: AggregateOptions = {},
  tileColumns?: number,
): Aggregation {
  const { result, selected } = aggregateBy(core, rule, updates, options, tileColumns);
  return selected ? { result, selected } : { result };
}

/** The same, and how the rows were combined. */
export function aggregateBy(
  core: CoreInstance,
  rule: Rule,
  updates: Float32Array[] | RowSource,
  options: AggregateOptions = {},
  tileColumns?: number,
): Aggregation & { combination: Combination } {
  const source = rowSource(updates);
  const updateOf = updatesOfRows(options.seats, source.n);
  return core.arena.scope(() => {
    const reader = new TileReader(core, source, options, tileColumns);
    const { combination, selected } = decide(core, rule, reader, updateOf);
    const result =
      'shares' in combination
        ? sumRows(core, reader, updateOf, combination.shares)
        : perCoordinate(core, reader, updateOf, combination.coordinates, combination.weights);
    return selected ? { result, selected, combination } : { result, combination };
  });
}

function decide(
  core: CoreInstance,
  rule: Rule,
  reader: TileReader,
  updates: number[],
): { combination: Combination; selected: number[] | undefined } {
  const { arena, exports } = core;
  const n = updates.length;
  const { steps, last } = requireRule(rule, n);
  const need = greatestNeed([last, ...steps].map(({ method }) => method.needs));
  let rows = repeated(core, measure(core, need, reader), need, updates);
  for (const { method, values } of steps) {
    rows = method.apply({ core, rows, updates: n, parameters: values });
  }
  const decision = last.method.decide({ core, rows, parameters: last.values });
  const { selected } = decision;
  if ('coordinates' in decision) {
    const weights = rows.weights === undefined ? undefined : arena.f64(rows.weights, rows.count * n).slice();
    return { combination: { updates, coordinates: decision.coordinates, weights }, selected };
  }
  let total = decision.shares;
  if (rows.weights !== undefined) {
    total = arena.allocate(n * 8);
    exports.product(decision.shares, rows.weights, 1, rows.count, n, total);
  }
  return { combination: { updates, shares: arena.f64(total, n).slice() }, selected };
}

/** Σ weights_i · row_i of a source, in one pass. Throws CORE_OVERFLOW where that is beyond f32. */
export function weightedSum(
  core: CoreInstance,
  source: RowSource,
  weights: readonly number[],
  options: ReadOptions,
): Float32Array {
  const rows = Array.from({ length: source.n }, (_, row) => row);
  return core.arena.scope(() => sumRows(core, new TileReader(core, source, options), rows, Float64Array.from(weights)));
}

/** Updates with shares of 0 are not read. */
function sumRows(
  core: CoreInstance,
  reader: TileReader,
  updates: readonly number[],
  shares: Float64Array,
): Float32Array {
  const { exports, arena } = core;
  const wanted = nonZero(shares);
  const kept = arena.copyIn(Float64Array.from(wanted, (row) => shares[row]!));
  const out = arena.allocate(reader.columns * 4);
  const result = new Float32Array(reader.source.d);
  const read = wanted.map((row) => updates[row]!);
  reader.pass(read, ({ from, columns, rows: table }) => {
    weightedMean(core, table, kept, wanted.length, columns, out);
    result.set(copyFiniteOut(arena, exports, out, columns), from);
  });
  return result;
}

function perCoordinate(
  core: CoreInstance,
  reader: TileReader,
  updates: readonly number[],
  last: PerCoordinate,
  weights: Float64Array | undefined,
): Float32Array {
  const { exports, arena, threads } = core;
  const { n, d } = reader.source;
  const workspaces = parts(threads.count, reader.columns).map(() => arena.allocate(last.workspaceBytes));
  const out = arena.allocate(reader.columns * 4);
  const result = new Float32Array(d);
  const run = (table: Pointer, { from, columns }: Tile): void => {
    threads.run(parts(threads.count, columns).map((part, i) => last.call(table, part, out, workspaces[i]!)));
    result.set(copyFiniteOut(arena, exports, out, columns), from);
  };
  if (weights === undefined) {
    const read = last.of.map((row) => updates[row]!);
    reader.pass(read, (tile) => run(tile.rows, tile));
  } else {
    const { made, places, fill } = mixtures(core, reader, updates, weights, last.of);
    const table = arena.copyIn(Uint32Array.from(places, (place) => made[place]!));
    const all = Array.from({ length: n }, (_, update) => update);
    reader.pass(all, (tile) => {
      fill(tile);
      run(table, tile);
    });
  }
  return result;
}
