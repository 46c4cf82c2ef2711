import { leastUpdates, isCoreError } from '@covey/wasm-core';
import type { Evaluation, RowSource } from '@covey/wasm-core';
import { ONE } from '../ratio.ts';
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
  evaluation: Evaluation;
  contribution: bigint | null;
  marginal: bigint | null;
  /** What ranks it, lower is better; null where it does not make the result better. */
  score: bigint | null;
}

/** What ranking a round found. */
export interface Ranked {
  /** Every candidate but those that make a model beyond f32. */
  scored: Scored[];
  /** The model that the round makes, where it makes one. */
  outcome: { parameters: Float32Array; evaluation: Evaluation; winner: number | null } | null;
}

export interface RankParameters {
  task: TaskDocument;
  evaluator: Evaluator;
  base: { parameters: Float32Array; evaluation: Evaluation };
  candidates: readonly Candidate[];
  /** Ratio (1e18) by which a submission must beat the base in an arena. */
  arenaMargin: bigint;
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
    (candidate) => decoded(candidate.update),
    (done) => p.onScored?.(done, p.candidates.length),
  );
  for (const s of scored) {
    const beats = s.evaluation.loss * ONE < p.base.evaluation.loss * (ONE - p.arenaMargin);
    s.score = beats ? s.evaluation.loss : null;
  }
  let best: Scored | undefined;
  for (const s of scored) {
    if (s.score !== null && (best === undefined || s.score < (best.score ?? s.score))) best = s;
  }
  const winner = p.candidates.find((candidate) => candidate.index === best?.index);
  const outcome =
    best && winner ? { parameters: decoded(winner.update), evaluation: best.evaluation, winner: best.index } : null;
  return { scored, outcome };
}

/**
 * Federated: each submission is a delta from the base; all readable ones are aggregated by the task's rule, and the
 * base plus the aggregate becomes the next base where that lowers the loss on the round's shard; else the base stays and
 * nobody has contributed.
 *
 * Ranking by contribution asks two questions of update i with s of n seats, A being the aggregate of all and A₋ᵢ that of
 * the others; each row counts once for each of its seats:
 *
 *     contribution = loss(base + A₋ᵢ) − loss(base + A)                                   how much leaving it out costs
 *     marginal     = loss(base + A₋ᵢ) − loss(base + ((n−s)·A₋ᵢ + s·uᵢ)/n)                what it adds by its own values
 *
 * For a mean they are the same number. A robust rule hides what an update says: trimming an outlier changes which
 * honest values are trimmed beside it, so that leaving out even a poisoned update can cost something. It earns only
 * where both are positive; contribution ranks.
 */
export async function rankFederated(p: RankParameters): Promise<Ranked> {
  const { core } = p.evaluator;
  const byContribution = p.task.ranking === 'contribution';
  const total = p.candidates.length * (byContribution ? 2 : 1) + 1;
  const scored = await scoreEach(
    p,
    (candidate) => core.add(p.base.parameters, decoded(candidate.update)),
    (done) => p.onScored?.(done, total),
  );
  const deltas = p.candidates.filter((candidate) => scored.some((s) => s.index === candidate.index));
  const outcome = await applyDelta(p, aggregateOf(p, deltas));
  p.onScored?.(p.candidates.length + 1, total);
  // An aggregate that does not lower the loss is not taken: under a rule that tolerates no hostile update, one such
  // update would otherwise ruin every round that follows.
  if (!outcome || outcome.evaluation.loss >= p.base.evaluation.loss) return { scored, outcome: null };

  for (const [done, s] of scored.entries()) {
    if (byContribution) {
      await measureContribution(p, deltas, s, outcome.evaluation.loss);
      p.onScored?.(p.candidates.length + 2 + done, total);
    } else {
      s.score = s.evaluation.loss < p.base.evaluation.loss ? s.evaluation.loss : null;
    }
  }
  return { scored, outcome: { ...outcome, winner: null } };
}

async function measureContribution(
  p: RankParameters,
  deltas: readonly Candidate[],
  s: Scored,
  lossOfAll: bigint,
): Promise<void> {
  const own = deltas.find((candidate) => candidate.index === s.index);
  if (!own) return;
  const others = aggregateOf(
    p,
    deltas.filter((candidate) => candidate !== own),
  );
  // Too few others for the rule make no aggregate: then the base stands.
  const rest = others === 'too-few' ? new Float32Array(own.update.length) : others;
  const without = others === 'too-few' ? p.base.evaluation.loss : await lossOf(p, others);
  const mixed = mix(p, rest, own, seatsOf(deltas));
  s.contribution = without - lossOfAll;
  s.marginal = without - (await lossOf(p, mixed));
  s.score = s.contribution > 0n && s.marginal > 0n ? -s.contribution : null;
}

/** A delta, `too-few` updates for the rule, or `overflow` beyond f32. */
type Delta = Float32Array | 'overflow';

function aggregateOf(p: RankParameters, candidates: readonly Candidate[]): Delta | 'too-few' {
  if (seatsOf(candidates) < leastUpdates(p.task.aggregation)) return 'too-few';
  const rows = columnsOf(candidates.map(({ update }) => update));
  const seats = candidates.map((candidate) => candidate.seats);
  return withinRange(() => p.evaluator.core.aggregate(p.task.aggregation, rows, { seats }).result) ?? 'overflow';
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

/** ((n−s)·others + s·own)/n, for s seats of n. */
function mix(p: RankParameters, others: Delta, { update, seats }: Candidate, n: number): Delta {
  if (others === 'overflow') return 'overflow';
  const weights = [n - seats, seats];
  const rest: Update = {
    length: others.length,
    read: (from, to, into) => into.set(others.subarray(from, to)),
  };
  const rows = columnsOf([rest, update]);
  return withinRange(() => p.evaluator.core.aggregate({ rule: 'fedavg', weights }, rows).result) ?? 'overflow';
}

interface Applied {
  parameters: Float32Array;
  evaluation: Evaluation;
}

/** Base plus a delta and its score; null where there is no such model. */
async function applyDelta(p: RankParameters, delta: Delta | 'too-few'): Promise<Applied | null> {
  if (typeof delta === 'string') return null;
  const parameters = withinRange(() => p.evaluator.core.add(p.base.parameters, delta));
  return parameters ? { parameters, evaluation: await p.evaluator.evaluate(parameters) } : null;
}

/** A model beyond f32 counts as the worst. */
async function lossOf(p: RankParameters, delta: Delta): Promise<bigint> {
  return (await applyDelta(p, delta))?.evaluation.loss ?? p.evaluator.worstLoss;
}

/** Scores each candidate by itself; one that makes a model beyond f32 has no score. */
async function scoreEach(
  p: RankParameters,
  modelOf: (candidate: Candidate) => Float32Array,
  onScored: (done: number) => void,
): Promise<Scored[]> {
  const scored: Scored[] = [];
  for (const [done, candidate] of p.candidates.entries()) {
    const model = withinRange(() => modelOf(candidate));
    if (model) {
      const evaluation = await p.evaluator.evaluate(model);
      scored.push({ index: candidate.index, evaluation, contribution: null, marginal: null, score: null });
    }
    onScored(done + 1);
  }
  return scored;
}

/** Undefined where finite inputs give a result that f32 cannot hold: a fact about the inputs, on every machine. */
function withinRange<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch (error) {
    if (isCoreError(error) && error.code === 'CORE_OVERFLOW') return undefined;
    throw error;
  }
}
