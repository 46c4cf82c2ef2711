import type { AggregateOptions, Aggregation, RowSource, Rule } from './aggregate-types.ts';
import { copyFiniteOut } from './arguments.ts';
import type { Pointer } from './exports.ts';
import { measure, preAggregate, zeros, type Rows } from './geometry.ts';
import type { CoreInstance } from './instantiate.ts';
import { parts, type Part } from './parts.ts';
import { rowSource } from './row-source.ts';
import { checkRule } from './rules.ts';
import type { Call } from './threads.ts';
import { TileReader, type Tile } from './tiles.ts';

/**
 * Aggregates in two kinds of passes over the columns: one for the Gram matrix, where the rule or a pre-aggregator asks
 * for it, and one that writes the result. Between them all work is on n × n numbers, since pre-aggregators are linear.
 * tileColumns (a divisor of a segment, in blocks) is for tests: it changes no bit.
 */
export function aggregate(
  instance: CoreInstance,
  rule: Rule,
  updates: Float32Array[] | RowSource,
  options: AggregateOptions = {},
  tileColumns?: number,
): Aggregation {
  const source = rowSource(updates);
  checkRule(rule, source.n);
  return instance.arena.scope(() => {
    const reader = new TileReader(instance, source, options, tileColumns);
    let rows = measure(instance, rule, reader);
    for (const step of rule.pre ?? []) rows = preAggregate(instance, step, rows, source.n);
    const { shares, coordinates, selected } = decide(instance, rule, rows);
    const result = shares
      ? combineRows(instance, reader, rows, shares)
      : perCoordinate(instance, reader, rows, coordinates!);
    return selected ? { result, selected } : { result };
  });
}

/** What is left to do with the columns: a linear combination of the rows, or order statistics of each column. */
interface Decision {
  /** f64[rows]. */
  shares?: Pointer;
  coordinates?: PerCoordinate;
  selected?: number[];
}

interface PerCoordinate {
  /** Rows that take part. */
  of: number[];
  workspaceBytes: number;
  call(rows: Pointer, part: Part, out: Pointer, workspace: Pointer): Call;
}

function decide(instance: CoreInstance, rule: Rule, { count, gram, distances }: Rows): Decision {
  const { exports, arena } = instance;
  const shares = zeros(instance, count);
  const workspace = (bytes: number): Pointer => arena.allocate(bytes);
  const selection = (): Decision => ({ shares, selected: nonZero(arena.f64(shares, count)) });
  switch (rule.rule) {
    case 'fedavg':
      arena.f64(shares, count).set(rule.weights ?? new Array<number>(count).fill(1));
      exports.normaliseShares(shares, count);
      return { shares };
    case 'norm-clip':
      exports.clipFactors(gram, count, rule.clip, shares);
      arena.f64(shares, count).forEach((factor, i, all) => (all[i] = factor / count));
      return { shares };
    case 'median':
      return { coordinates: orderStatistic(instance, count, (count - 1) >> 1, (count >> 1) + 1) };
    case 'trimmed-mean':
      return { coordinates: orderStatistic(instance, count, rule.trim, count - rule.trim) };
    case 'krum':
    case 'multi-krum': {
      const select = rule.rule === 'krum' ? 1 : rule.select;
      exports.krum(distances, count, rule.byzantine, select, shares, workspace(exports.krumWorkspace(count)));
      return selection();
    }
    case 'mda': {
      const bytes = exports.minimumDiameterWorkspace(count);
      exports.minimumDiameter(distances, count, rule.byzantine, shares, workspace(bytes));
      return selection();
    }
    case 'geometric-median':
      exports.geometricMedian(gram, distances, count, shares, workspace(exports.geometricMedianWorkspace(count)));
      return { shares };
    case 'centred-clip':
      exports.centredClip(gram, count, rule.radius, rule.iterations, shares, workspace(count * 16));
      return { shares };
    case 'bulyan': {
      const at = arena.allocate(count * 4);
      exports.bulyanSelect(distances, count, rule.byzantine, at, workspace(exports.krumWorkspace(count)));
      const selected = Array.from(arena.u32(at, count - 2 * rule.byzantine));
      return { coordinates: nearestMean(instance, selected, count - 4 * rule.byzantine), selected };
    }
  }
}

function orderStatistic({ exports }: CoreInstance, count: number, low: number, high: number): PerCoordinate {
  return {
    of: Array.from({ length: count }, (_, row) => row),
    workspaceBytes: exports.orderStatisticWorkspace(count),
    call: (rows, { from, to }, out, workspace) => {
      return ['orderStatisticSimd', rows, count, from, to, low, high, out, workspace];
    },
  };
}

function nearestMean({ exports }: CoreInstance, selected: number[], keep: number): PerCoordinate {
  const count = selected.length;
  return {
    of: selected,
    workspaceBytes: exports.nearestMeanWorkspace(count),
    call: (rows, { from, to }, out, workspace) => {
      return ['nearestMeanSimd', rows, count, from, to, keep, out, workspace];
    },
  };
}

/** Σ shares_i · row_i. Updates with a share of 0 are not read. */
function combineRows(instance: CoreInstance, reader: TileReader, rows: Rows, shares: Pointer): Float32Array {
  const { exports, arena } = instance;
  const { n, d } = reader.source;
  let total = shares;
  if (rows.weights !== undefined) {
    total = arena.allocate(n * 8);
    exports.product(shares, rows.weights, 1, rows.count, n, total);
  }
  const all = arena.f64(total, n).slice();
  const wanted = nonZero(all);
  const kept = arena.copyIn(Float64Array.from(wanted, (row) => all[row]!));
  const out = arena.allocate(reader.columns * 4);
  const result = new Float32Array(d);
  reader.pass(wanted, ({ from, columns, rows: table }) => {
    weightedMean(instance, table, kept, wanted.length, columns, out);
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

function nonZero(values: Float64Array): number[] {
  return Array.from(values.keys()).filter((i) => values[i] !== 0);
}
