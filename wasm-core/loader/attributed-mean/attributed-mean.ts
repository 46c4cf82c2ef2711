import type { ReadOptions, RowSource } from '../aggregate-types.ts';
import { weightedSum } from '../aggregate.ts';
import { requireNumber } from '../arguments.ts';
import { combine } from '../combine.ts';
import { isHeld, RowRoom } from '../held-rows.ts';
import type { CoreInstance } from '../instantiate.ts';
import { rowSource } from '../row-source.ts';
import { withinF32 } from '../within-f32.ts';
import { checkAttribution } from './check-attribution.ts';
import { clippedRows } from './clipped-rows.ts';
import { directionsOf, inner, narrowed } from './directions.ts';
import { Questions, type MostQuestions } from './questions.ts';
import { rowProduct, rowProducts, type RowProducts } from './row-products.ts';
import { equalSteps, novelSteps, slopesOf, type Slopes, type Step } from './steps.ts';
import { seatsOf, Trials } from './trials.ts';
import type { AttributedUpdate, Attribution, AttributionParameters, ShardLoss } from './types.ts';
import { UNIT, units } from './units.ts';
import { lowerQuantile } from './quantile.ts';

/** Steps that every candidate tries, and what is tried of the spread of lengths where it is beyond SPREAD. */
const STEPS = [0.3, 1, 2, 3];
const SPREAD = { beyond: 3, times: [1, 2, 3] };
/** Candidates are the updates whose value is above these parts of the median positive value a seat. */
const THRESHOLDS = [0, 0.1, 0.25, 0.5, 1];
const PASSES = 2;
/** The most that a round may ask: each step for all and for the best, each threshold in each pass; a gradient a pass and one. */
export const mostOfShardRule: MostQuestions = {
  evaluations: 2 * (STEPS.length + SPREAD.times.length) + PASSES * THRESHOLDS.length,
  gradients: PASSES + 1,
};

/** Some updates and a step: the base plus `step` times their mean. */
interface Candidate {
  of: readonly number[];
  step: number;
}

/**
 * The rule of docs/reference/attributed-mean.md. Updates of 2^28 bytes together are read once and kept in the core's memory;
 * beyond that they are read in tiles, and memory does not grow with them.
 */
export async function attributedMean<E extends ShardLoss>(
  core: CoreInstance,
  a: AttributionParameters<E>,
): Promise<Attribution<E>> {
  checkAttribution('attributedMean', a);
  requireNumber('clip', a.clip, 0, Infinity);
  const options: ReadOptions = { signal: a.signal };
  const { n, d } = rowSource(a.updates);
  // Every row and the descent behind them.
  const room = RowRoom.of(core, n + 1, d);
  try {
    return await attribute(core, a, knownOf(core, a, room, options), options);
  } finally {
    room?.release();
  }
}

async function attribute<E extends ShardLoss>(
  core: CoreInstance,
  a: AttributionParameters<E>,
  known: Known,
  options: ReadOptions,
): Promise<Attribution<E>> {
  const { seats } = a;
  const { lengths, steps } = known;
  const nobody = steps.map((): AttributedUpdate => ({ role: 'tried', contribution: 0n }));
  const none = { outcome: null, updates: rolesOf(nobody, lengths.live, []) };
  if (!lengths.live.includes(true)) return none;

  const questions = new Questions(core, a, mostOfShardRule);
  const slopesAt = async (delta: Float32Array): Promise<Slopes | undefined> => {
    const gradient = await questions.middleGradient(delta);
    return gradient && slopesAlong(core, known, gradient, options);
  };
  const meanOf = lastOf((of: readonly number[]) =>
    withinF32(() => weightedSum(core, known.parts, combination(of, steps, seats), options)),
  );
  const deltaOf = ({ of, step }: Candidate) => stepped(meanOf(of), step);
  // Deltas are made again where they are needed: kept for every trial they would be most of a round's memory.
  const trials = new Trials<{ evaluation: E }>(async (of, step) => {
    const evaluation = (await questions.model(deltaOf({ of, step })))?.evaluation;
    return evaluation && { evaluation, loss: evaluation.loss };
  });
  await tryAll(trials, known, seats, async (best) => {
    const delta = deltaOf(best);
    return (delta && (await slopesAt(delta)))?.judged.map((slope) => -slope);
  });

  const chosen = trials.chosen(a.base.evaluation.loss, seats);
  const delta = chosen && deltaOf(chosen);
  if (!delta) return none;
  const { evaluation } = chosen.found;
  const parameters = combine(core, 'addSimd', a.base.parameters, delta);
  const paid = (await slopesAt(delta))?.paid;
  const share = (chosen.step / seatsOf(chosen.of, seats)) * a.predictions * UNIT;
  const given = nobody.map((update, i) => ({ ...update, contribution: units(-(paid?.[i] ?? 0) * seats[i]! * share) }));
  return {
    outcome: { delta, parameters, evaluation, step: chosen.step },
    updates: rolesOf(given, lengths.live, chosen.of),
  };
}

/** What is known of the updates before anything is asked. */
interface Known {
  /** As they are used: clipped or not. */
  rows: RowSource;
  products: RowProducts[];
  lengths: ReturnType<typeof equalSteps>;
  steps: Step[];
  /** Steps that are tried. */
  stepLengths: number[];
  /** The basis, and behind it the descent where there is one. */
  directions: Float64Array[];
  basis: number;
  /** The rows, and behind them the descent. */
  parts: RowSource;
}

function knownOf<E extends ShardLoss>(
  core: CoreInstance,
  a: AttributionParameters<E>,
  room: RowRoom | undefined,
  options: ReadOptions,
): Known {
  const { basis, descent } = directionsOf(core, a.publicDirections, a.known);
  const directions = descent ? [...basis, descent] : basis;
  const { rows, products, lengths } = measured(core, a, directions, room, options);
  const { steps, spread } = novelSteps(core.exports, lengths, products, basis.length, a.seats);
  const wide = spread > SPREAD.beyond ? SPREAD.times.map((times) => spread * times) : [];
  const parts = withRow(rows, descent ? narrowed(descent) : new Float32Array(rows.d), room);
  return { rows, products, lengths, steps, stepLengths: [...STEPS, ...wide], directions, basis: basis.length, parts };
}

function slopesAlong(core: CoreInstance, known: Known, gradient: Float64Array, options: ReadOptions): Slopes {
  const { rows, steps, products, basis, directions } = known;
  const updates = rowProduct(core, rows, gradient, options);
  const along = directions.map((direction) => inner(direction, gradient));
  return slopesOf(steps, products, basis, updates, along);
}

/** Everybody with each step; twice those of most value to the best so far, at its step; and the best of all with each step. */
async function tryAll<Found>(
  trials: Trials<Found>,
  { lengths, stepLengths }: Known,
  seats: readonly number[],
  valuesAt: (best: Candidate) => Promise<number[] | undefined>,
): Promise<void> {
  const live = lengths.live.flatMap((alive, i) => (alive ? [i] : []));
  for (const step of stepLengths) await trials.consider(live, step);
  for (let pass = 0; pass < PASSES; pass++) {
    const best = trials.best();
    const values = best && (await valuesAt(best));
    if (!best || !values) break;
    const positive = live.filter((i) => values[i]! > 0);
    if (positive.length === 0) break;
    const middle = lowerQuantile(
      positive.map((i) => values[i]!),
      positive.map((i) => seats[i]!),
    );
    for (const threshold of THRESHOLDS) {
      await trials.consider(
        live.filter((i) => values[i]! > threshold * middle),
        best.step,
      );
    }
  }
  const best = trials.best();
  for (const step of stepLengths) if (best) await trials.consider(best.of, step);
}

/** Lengths of the updates, and their inner products with the directions: of the rows that are used, clipped or not. */
function measured<E extends ShardLoss>(
  core: CoreInstance,
  a: AttributionParameters<E>,
  directions: readonly Float64Array[],
  room: RowRoom | undefined,
  options: ReadOptions,
): { rows: RowSource; products: RowProducts[]; lengths: ReturnType<typeof equalSteps> } {
  const given = rowSource(a.updates);
  const updates = room?.fill(given) ?? given;
  const first = rowProducts(core, updates, a.clip > 0 ? [] : directions, options);
  const lengths = equalSteps(
    core.exports,
    first.map(({ square }) => square),
    a.seats,
  );
  if (a.clip === 0 || !lengths.live.includes(true)) return { rows: updates, products: first, lengths };
  const clipped = clippedRows(core, updates, { scales: lengths.scales, seats: a.seats, clip: a.clip }, options);
  const rows = room?.fill(clipped) ?? clipped;
  const scales = lengths.live.map(Number);
  return { rows, products: rowProducts(core, rows, directions, options), lengths: { ...lengths, scales } };
}

/** Weights of the updates, and of the descent behind them, in the mean of what is used of some. */
function combination(of: readonly number[], steps: readonly Step[], seats: readonly number[]): number[] {
  const share = 1 / seatsOf(of, seats);
  const weights = [...steps.map(() => 0), 0];
  for (const i of of) {
    weights[i] = share * seats[i]! * steps[i]!.scale;
    weights[steps.length] = weights[steps.length]! - share * seats[i]! * steps[i]!.excess;
  }
  return weights;
}

/** Remembers the last answer: the same updates are tried with one step after the other. */
function lastOf<T>(compute: (of: readonly number[]) => T): (of: readonly number[]) => T {
  let last: { of: readonly number[]; answer: T } | undefined;
  return (of) => {
    if (last?.of !== of) last = { of, answer: compute(of) };
    return last.answer;
  };
}

/** Undefined where it leaves f32. */
function stepped(mean: Float32Array | undefined, step: number): Float32Array | undefined {
  const delta = mean?.map((value) => value * step);
  return delta?.every(Number.isFinite) ? delta : undefined;
}

/** The rows and, behind them, one more. */
function withRow(rows: RowSource, row: Float32Array, room: RowRoom | undefined): RowSource {
  if (room && isHeld(rows)) return room.append(rows, row);
  const { n, d } = rows;
  return {
    n: n + 1,
    d,
    read: (i, from, to, into) => {
      if (i < n) rows.read(i, from, to, into);
      else into.set(row.subarray(from, to));
    },
  };
}

function rolesOf(
  updates: AttributedUpdate[],
  live: readonly boolean[],
  selected: readonly number[],
): AttributedUpdate[] {
  const chosen = new Set(selected);
  return updates.map(({ contribution }, i) => {
    if (!live[i]) return { role: 'left-out', contribution: 0n };
    return chosen.has(i) ? { role: 'selected', contribution } : { role: 'tried', contribution: 0n };
  });
}
