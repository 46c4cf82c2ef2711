import type { PreAggregator, Rule } from './aggregate-types.ts';
import type { Pointer } from './exports.ts';
import type { CoreInstance } from './instantiate.ts';
import { SegmentTotals } from './segment-totals.ts';
import type { TileReader } from './tiles.ts';

/** Exponents beyond which f32 products of two rows might leave f32: such rows are scaled by a power of two first. */
const SAFE_EXPONENT = 48;

/** Rows as linear combinations of the updates, with the inner products and squared distances that rules ask for. */
export interface Rows {
  count: number;
  /** f64[count][updates]; undefined while the rows are the updates themselves. */
  weights: Pointer | undefined;
  /** f64[count][count] each; where nothing needs them, only the squared norms or zeros. */
  gram: Pointer;
  distances: Pointer;
}

type Need = 'nothing' | 'norms' | 'distances';

function needOf(rule: Rule): Need {
  const steps = [rule.rule, ...(rule.pre ?? []).map((step) => step.pre)];
  const distances: string[] = ['krum', 'multi-krum', 'bulyan', 'mda', 'geometric-median', 'centred-clip', 'nnm'];
  if (steps.some((step) => distances.includes(step))) return 'distances';
  return steps.some((step) => step === 'norm-clip' || step === 'clip' || step === 'arc') ? 'norms' : 'nothing';
}

/** The updates as they come, measured as far as the rule and its pre-aggregators need: at most three passes over them. */
export function measure(instance: CoreInstance, rule: Rule, reader: TileReader): Rows {
  const { arena } = instance;
  const { n } = reader.source;
  const need = needOf(rule);
  const gram = zeros(instance, n * n);
  const distances = zeros(instance, n * n);
  if (need !== 'nothing') arena.scope(() => fillGram(instance, need, reader, gram));
  if (need === 'distances') arena.scope(() => fillDistances(instance, reader, gram, distances));
  return { count: n, weights: undefined, gram, distances };
}

function fillGram(instance: CoreInstance, need: Need, reader: TileReader, gram: Pointer): void {
  const { arena, exports } = instance;
  const { n } = reader.source;
  const all = Array.from({ length: n }, (_, row) => row);
  const kernel = need === 'norms' ? 'squaredNormsSimd' : 'gramSimd';
  const totals = new SegmentTotals(instance, reader, n * n, gram);
  const largest = new Array<number>(n).fill(0);
  const pass = (scales?: number[]): void => {
    arena.f64(gram, n * n).fill(0);
    reader.pass(
      all,
      (tile) => {
        tile.magnitudes.forEach((magnitude, row) => (largest[row] = Math.max(largest[row]!, magnitude)));
        totals.add(tile, (from, to, partial) => [kernel, tile.rows, n, from, to, partial]);
      },
      scales,
    );
  };
  pass();
  // Biased exponents of the largest magnitudes; a row of zeros needs no scale.
  const exponents = largest.map((bits) => (bits === 0 ? 0 : Math.max(-126, (bits >>> 23) - 127)));
  if (exponents.every((exponent) => Math.abs(exponent) <= SAFE_EXPONENT)) return;
  pass(exponents.map((exponent) => 2 ** -exponent));
  exports.rescaleGram(gram, arena.copyIn(Float64Array.from(exponents, (exponent) => 2 ** exponent)), n);
}

function fillDistances(instance: CoreInstance, reader: TileReader, gram: Pointer, distances: Pointer): void {
  const { arena, exports } = instance;
  const { n } = reader.source;
  const pairs = arena.allocate(n * n * 4);
  const count = exports.distancesFromGram(gram, n, distances, pairs);
  if (count === 0) return;
  // Only the rows of close pairs are read again, under their places among those.
  const table = arena.u32(pairs, count * 2).slice();
  const wanted = [...new Set(table)].sort((a, b) => a - b);
  const places = arena.copyIn(table.map((row) => wanted.indexOf(row)));
  const sums = zeros(instance, count);
  const totals = new SegmentTotals(instance, reader, count, sums);
  reader.pass(wanted, (tile) =>
    totals.add(tile, (from, to, partial) => ['squaredDistancesSimd', tile.rows, places, count, from, to, partial]),
  );
  exports.correctDistances(distances, n, pairs, count, sums);
}

/** One pre-aggregator: new weights, inner products and distances; the updates are not touched. */
export function preAggregate(instance: CoreInstance, step: PreAggregator, rows: Rows, updates: number): Rows {
  const { arena, exports } = instance;
  const { count, gram, distances } = rows;
  if (step.pre === 'clip' || step.pre === 'arc') {
    const factors = arena.allocate(count * 8);
    if (step.pre === 'clip') exports.clipFactors(gram, count, step.norm, factors);
    else exports.adaptiveClipFactors(gram, count, step.byzantine, factors);
    exports.scaleGeometry(gram, distances, count, factors);
    return { ...rows, weights: compose(instance, diagonal(instance, factors, count), count, rows, updates) };
  }
  const made = step.pre === 'bucketing' ? Math.ceil(count / step.size) : count;
  const weights = arena.allocate(made * count * 8);
  const workspace = arena.allocate(Math.max(count * count * 4, exports.mixWorkspace(made, count)));
  if (step.pre === 'bucketing') {
    const state = arena.allocate(8);
    arena.u64(state, 1)[0] = BigInt(step.seed);
    exports.bucketWeights(count, step.size, state, weights, workspace);
  } else {
    exports.nearestNeighbourWeights(distances, count, step.byzantine, weights, workspace);
  }
  const mixed: Rows = {
    count: made,
    weights: compose(instance, weights, made, rows, updates),
    gram: arena.allocate(made * made * 8),
    distances: arena.allocate(made * made * 8),
  };
  exports.mixGeometry(weights, made, gram, distances, count, mixed.gram, mixed.distances, workspace);
  return mixed;
}

/** W of the rows made from `rows`, in terms of the updates. */
function compose({ arena, exports }: CoreInstance, step: Pointer, made: number, rows: Rows, updates: number): Pointer {
  if (rows.weights === undefined) return step;
  const out = arena.allocate(made * updates * 8);
  exports.product(step, rows.weights, made, rows.count, updates, out);
  return out;
}

function diagonal({ arena }: CoreInstance, factors: Pointer, count: number): Pointer {
  const at = arena.allocate(count * count * 8);
  const matrix = arena.f64(at, count * count).fill(0);
  arena.f64(factors, count).forEach((factor, i) => (matrix[i * count + i] = factor));
  return at;
}

export function zeros({ arena }: CoreInstance, length: number): Pointer {
  const at = arena.allocate(length * 8);
  arena.f64(at, length).fill(0);
  return at;
}
