import type { AggregateOptions, Aggregation, RowSource } from './aggregate-types.ts';
import { copyFiniteOut } from './arguments.ts';
import { requireRule, type Rule } from './check-rule.ts';
import type { PerCoordinate } from './columns.ts';
import type { Pointer } from './exports.ts';
import type { CoreInstance } from './instantiate.ts';
import { measure } from './measure.ts';
import { parts } from './parts.ts';
import { rowSource } from './row-source.ts';
import { greatestNeed, nonZero, type Rows } from './rows.ts';
import type { Call } from './threads.ts';
import { TileReader, type Tile } from './tiles.ts';

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
  const source = rowSource(updates);
  const { steps, last } = requireRule(rule, source.n);
  return core.arena.scope(() => {
    const reader = new TileReader(core, source, options, tileColumns);
    let rows = measure(core, greatestNeed([last, ...steps].map(({ method }) => method.needs)), reader);
    for (const { method, values } of steps) {
      rows = method.apply({ core, rows, updates: source.n, parameters: values });
    }
    const decision = last.method.decide({ core, rows, parameters: last.values });
    const result =
      'shares' in decision
        ? combineRows(core, reader, rows, decision.shares)
        : perCoordinate(core, reader, rows, decision.coordinates);
    return decision.selected ? { result, selected: decision.selected } : { result };
  });
}

/** Σ shares_i · row_i. */
function combineRows(core: CoreInstance, reader: TileReader, rows: Rows, shares: Pointer): Float32Array {
  const { exports, arena } = core;
  const { n } = reader.source;
  let total = shares;
  if (rows.weights !== undefined) {
    total = arena.allocate(n * 8);
    exports.product(shares, rows.weights, 1, rows.count, n, total);
  }
  return sumRows(core, reader, arena.f64(total, n).slice());
}

/** Σ weights_i · row_i of a source, in one pass. Throws CORE_OVERFLOW where that is beyond f32. */
export function weightedSum(
  core: CoreInstance,
  source: RowSource,
  weights: readonly number[],
  options: AggregateOptions,
): Float32Array {
  return core.arena.scope(() => sumRows(core, new TileReader(core, source, options), Float64Array.from(weights)));
}

/** Rows with a share of 0 are not read. */
function sumRows(core: CoreInstance, reader: TileReader, shares: Float64Array): Float32Array {
  const { exports, arena } = core;
  const wanted = nonZero(shares);
  const kept = arena.copyIn(Float64Array.from(wanted, (row) => shares[row]!));
  const out = arena.allocate(reader.columns * 4);
  const result = new Float32Array(reader.source.d);
  reader.pass(wanted, ({ from, columns, rows: table }) => {
    weightedMean(core, table, kept, wanted.length, columns, out);
    result.set(copyFiniteOut(arena, exports, out, columns), from);
  });
  return result;
}

function perCoordinate(instance: CoreInstance, reader: TileReader, rows: Rows, last: PerCoordinate): Float32Array {
  const { exports, arena, threads } = instance;
  const { n, d } = reader.source;
  const workspaces = parts(threads.count, reader.columns).map(() => arena.allocate(last.workspaceBytes));
  const out = arena.allocate(reader.columns * 4);
  const result = new Float32Array(d);
  const run = (table: Pointer, { from, columns }: Tile): void => {
    threads.run(parts(threads.count, columns).map((part, i) => last.call(table, part, out, workspaces[i]!)));
    result.set(copyFiniteOut(arena, exports, out, columns), from);
  };
  if (rows.weights === undefined) {
    reader.pass(last.of, (tile) => run(tile.rows, tile));
    return result;
  }
  // Mixed rows exist a tile at a time.
  const weights = arena.f64(rows.weights, rows.count * n).slice();
  const mixtures = last.of.map((row) => mixture(instance, weights.subarray(row * n, row * n + n)));
  const made = last.of.map(() => arena.allocate(reader.columns * 4));
  const table = arena.copyIn(Uint32Array.from(made));
  const pointers = arena.allocate(n * 4);
  const all = Array.from({ length: n }, (_, row) => row);
  reader.pass(all, (tile) => {
    const updates = arena.u32(tile.rows, n).slice();
    mixtures.forEach(({ members, shares }, i) => {
      arena.u32(pointers, members.length).set(members.map((row) => updates[row]!));
      weightedMean(instance, pointers, shares, members.length, tile.columns, made[i]!);
    });
    run(table, tile);
  });
  return result;
}

function weightedMean(
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

function mixture({ arena }: CoreInstance, weights: Float64Array): { members: number[]; shares: Pointer } {
  const members = nonZero(weights);
  return { members, shares: arena.copyIn(Float64Array.from(members, (row) => weights[row]!)) };
}
