import { withinF32 } from '@covey/wasm-core';
import type { AttributionParameters, Evaluation, RowSource, RuleAttributionParameters } from '@covey/wasm-core';
import { ONE } from '../ratio.ts';
import { isShardRule, leastRows } from '../rules.ts';
import type { TaskDocument } from '../task.ts';
import { decoded, type Update } from '../update.ts';
import type { Evaluator } from './evaluator.ts';

/** A readable submission of the round. */
export interface Candidate {
  index: number;
  /** Its weight: a rule counts its row once for each. */
  seats: number;
  /** Decoded when it is used, and never many at once. */
  update: Update;
}

export interface Scored {
  index: number;
  /** By itself; null where the rule asks nothing of single updates. */
  evaluation: Evaluation | null;
  contribution: bigint | null;
  /** What ranks it, lower is better; null where it does not make the result better. */
  score: bigint | null;
  /** So faint that the rule left it out. */
  leftOut: boolean;
}

/** What ranking a round found. */
export interface Ranked {
  /** Every candidate but those that make a model beyond f32. */
  scored: Scored[];
  /** The model that the round makes, where it makes one; the delta that leads to it where updates are aggregated. */
  outcome: {
    parameters: Float32Array;
    evaluation: Evaluation;
    winner: number | null;
    delta: Float32Array | null;
  } | null;
}

export interface RankParameters {
  task: Pick<TaskDocument, 'ranking' | 'aggregation'>;
  evaluator: Evaluator;
  base: { parameters: Float32Array; evaluation: Evaluation };
  candidates: readonly Candidate[];
  /** Ratio (1e18) by which a submission must beat the base in an arena. */
  arenaMargin: bigint;
  /** What anybody could have sent, and the gradient of open data at the base: nobody is paid for following them. */
  open: Pick<AttributionParameters<Evaluation>, 'publicDirections' | 'known'>;
  onScored?: (done: number, total: number) => void;
}

/** Places in the order of scores: 0 is best, equal scores share the place of the first, `null` has none. */
export function placesOf(scores: readonly (bigint | null)[]): (number | null)[] {
  return scores.map((score) =>
    score === null ? null : scores.filter((other) => other !== null && other < score).length,
  );
}

/** Arena: each submission is a model; the best that beats the base by the margin becomes the next base. */
export async function rankArena(p: RankParameters): Promise<Ranked> {
  const scored = await scoreEach(
    p,
    ({ update }) => decoded(update),
    (done) => p.onScored?.(done, p.candidates.length),
  );
  let best: (typeof scored)[number] | undefined;
  for (const s of scored) {
    const { loss } = s.evaluation;
    if (loss * ONE >= p.base.evaluation.loss * (ONE - p.arenaMargin)) continue;
    s.score = loss;
    if (best === undefined || loss < best.evaluation.loss) best = s;
  }
  const winner = p.candidates.find((candidate) => candidate.index === best?.index);
  const outcome =
    best && winner
      ? { parameters: decoded(winner.update), evaluation: best.evaluation, winner: best.index, delta: null }
      : null;
  return { scored, outcome };
}

/**
 * Federated: each submission is a delta from the base; the task's rule makes one of all readable ones, and the base plus
 * that becomes the next base where it lowers the loss on the round's shard; else the base stays and nobody has
 * contributed. By contribution each is ranked by what it gave (docs/reference/attributed-mean.md), by loss each that beats
 * the base by itself.
 */
export async function rankFederated(p: RankParameters): Promise<Ranked> {
  return p.task.ranking === 'contribution' ? await rankByContribution(p) : await rankByLoss(p);
}

async function rankByContribution(p: RankParameters): Promise<Ranked> {
  const { evaluator } = p;
  const candidates = p.candidates.filter((one) => modelOf(p, one) !== undefined);
  const nobody = { contribution: 0n, score: null, leftOut: false, evaluation: null };
  // Too few for the rule make no aggregate: then the base stands.
  if (candidates.length === 0 || seatsOf(candidates) < leastRows(p.task.aggregation))
    return { scored: candidates.map(({ index }) => ({ index, ...nobody })), outcome: null };
  const { outcome, updates } = await attributed(p, {
    ...p.open,
    base: p.base,
    updates: columnsOf(candidates.map(({ update }) => update)),
    seats: candidates.map(({ seats }) => seats),
    predictions: evaluator.predictions,
    evaluate: (parameters) => evaluator.evaluate(parameters),
    gradient: (parameters) => evaluator.gradient(parameters),
    signal: evaluator.signal,
    onProgress: p.onScored,
  });
  const scored = updates.map(({ role, contribution }, i): Scored => ({
    ...nobody,
    index: candidates[i]!.index,
    contribution,
    score: contribution > 0n ? -contribution : null,
    leftOut: role === 'left-out',
  }));
  return { scored, outcome: outcome && { ...outcome, winner: null } };
}

async function attributed(p: RankParameters, given: RuleAttributionParameters<Evaluation>) {
  const { aggregation } = p.task;
  const { core } = p.evaluator;
  try {
    if (isShardRule(aggregation)) return await core.attributedMean({ ...given, clip: aggregation.clip });
    return await core.attributedRule(aggregation, given);
  } catch (error) {
    // The core says CORE_ABORTED; callers are promised the signal's own reason.
    given.signal?.throwIfAborted();
    throw error;
  }
}

async function rankByLoss(p: RankParameters): Promise<Ranked> {
  const { core } = p.evaluator;
  const total = p.candidates.length + 1;
  const scored = await scoreEach(
    p,
    (candidate) => modelOf(p, candidate),
    (done) => p.onScored?.(done, total),
  );
  const deltas = p.candidates.filter((candidate) => scored.some((s) => s.index === candidate.index));
  const delta = aggregateOf(p, deltas);
  const parameters = delta && withinF32(() => core.add(p.base.parameters, delta));
  const evaluation = parameters && (await p.evaluator.evaluate(parameters));
  p.onScored?.(total, total);
  // An aggregate that does not lower the loss is not taken: under a rule that tolerates no hostile update, one such
  // update would otherwise ruin every round that follows.
  if (!delta || !parameters || !evaluation || evaluation.loss >= p.base.evaluation.loss)
    return { scored, outcome: null };
  for (const s of scored) s.score = s.evaluation.loss < p.base.evaluation.loss ? s.evaluation.loss : null;
  return { scored, outcome: { parameters, evaluation, winner: null, delta } };
}

/** The base with one update; undefined where that is beyond f32. */
function modelOf({ base, evaluator }: RankParameters, { update }: Candidate): Float32Array | undefined {
  return withinF32(() => evaluator.core.add(base.parameters, decoded(update)));
}

/** Undefined where there are too few updates for the rule, or they lead beyond f32. */
function aggregateOf(p: RankParameters, candidates: readonly Candidate[]): Float32Array | undefined {
  const { aggregation } = p.task;
  if (isShardRule(aggregation) || seatsOf(candidates) < leastRows(aggregation)) return undefined;
  const rows = columnsOf(candidates.map(({ update }) => update));
  const seats = candidates.map((candidate) => candidate.seats);
  return withinF32(() => p.evaluator.core.aggregate(aggregation, rows, { seats }).result);
}

/** Rows as the core takes them: it asks for a few columns of all at a time, and no more is decoded. */
function columnsOf(rows: readonly Update[]): RowSource {
  return {
    n: rows.length,
    d: rows[0]?.length ?? 0,
    read: (row, from, to, into) => rows[row]?.read(from, to, into),
  };
}

function seatsOf(candidates: readonly Candidate[]): number {
  return candidates.reduce((sum, { seats }) => sum + seats, 0);
}

/** Scores each candidate by itself; one that makes a model beyond f32 has no score. */
async function scoreEach(
  p: RankParameters,
  modelOfOne: (candidate: Candidate) => Float32Array | undefined,
  onScored: (done: number) => void,
): Promise<(Scored & { evaluation: Evaluation })[]> {
  const scored: (Scored & { evaluation: Evaluation })[] = [];
  for (const [done, candidate] of p.candidates.entries()) {
    const model = modelOfOne(candidate);
    if (model) {
      const evaluation = await p.evaluator.evaluate(model);
      scored.push({ index: candidate.index, evaluation, contribution: null, score: null, leftOut: false });
    }
    onScored(done + 1);
  }
  return scored;
}
