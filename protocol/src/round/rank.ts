import { CoreError, leastUpdates } from '@covey/wasm-core';
import type { Evaluation } from '@covey/wasm-core';
import { ONE } from '../settlement/arithmetic.ts';
import type { TaskDocument } from '../task.ts';
import type { Evaluator } from './evaluator.ts';

/** A readable submission of the round. */
export interface Candidate {
  index: number;
  parameters: Float32Array;
}

export interface Scored {
  index: number;
  evaluation: Evaluation;
  contribution: bigint | null;
  /** What ranks it, lower is better; null where it does not make the result better. */
  score: bigint | null;
}

export interface Ranking {
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

/** Arena: each submission is a model; the best that beats the base by the margin becomes the next base. */
export async function rankArena(p: RankParameters): Promise<Ranking> {
  const { scored } = await scoreEach(
    p,
    (candidate) => candidate.parameters,
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
    best && winner ? { parameters: winner.parameters, evaluation: best.evaluation, winner: best.index } : null;
  return { scored, outcome };
}

/**
 * Federated: each submission is a delta from the base; all readable ones are aggregated by the task's rule, and the
 * base plus the aggregate becomes the next base.
 */
export async function rankFederated(p: RankParameters): Promise<Ranking> {
  const { core } = p.evaluator;
  const byContribution = p.task.ranking === 'contribution';
  const total = p.candidates.length * (byContribution ? 2 : 1) + 1;
  const { scored, notFinite } = await scoreEach(
    p,
    (candidate) => core.add(p.base.parameters, candidate.parameters),
    (done) => p.onScored?.(done, total),
  );
  const finite = p.candidates.filter((candidate) => !notFinite.includes(candidate.index));
  const outcome = await applyAggregate(p, finite);
  p.onScored?.(p.candidates.length + 1, total);
  if (!outcome) return { scored, outcome: null };

  for (const [done, s] of scored.entries()) {
    if (byContribution) {
      const without = await applyAggregate(
        p,
        finite.filter((candidate) => candidate.index !== s.index),
        p.base,
      );
      // Where leaving it out makes the model overflow, it could not contribute more.
      s.contribution = (without?.evaluation.loss ?? p.evaluator.worstLoss) - outcome.evaluation.loss;
      s.score = s.contribution > 0n ? -s.contribution : null;
      p.onScored?.(p.candidates.length + 2 + done, total);
    } else {
      s.score = s.evaluation.loss < p.base.evaluation.loss ? s.evaluation.loss : null;
    }
  }
  return { scored, outcome: { ...outcome, winner: null } };
}

interface Applied {
  parameters: Float32Array;
  evaluation: Evaluation;
}

/** Base plus the aggregate of these deltas; `fallback` where the rule needs more of them, null beyond f32. */
async function applyAggregate(
  p: RankParameters,
  candidates: readonly Candidate[],
  fallback: Applied | null = null,
): Promise<Applied | null> {
  if (candidates.length < leastUpdates(p.task.aggregation)) return fallback;
  const { core } = p.evaluator;
  const parameters = withinRange(() => {
    const deltas = candidates.map((candidate) => candidate.parameters);
    return core.add(p.base.parameters, core.aggregate(p.task.aggregation, deltas).result);
  });
  return parameters ? { parameters, evaluation: await p.evaluator.evaluate(parameters) } : null;
}

async function scoreEach(
  p: RankParameters,
  modelOf: (candidate: Candidate) => Float32Array,
  onScored: (done: number) => void,
): Promise<{ scored: Scored[]; notFinite: number[] }> {
  const scored: Scored[] = [];
  const notFinite: number[] = [];
  for (const [done, candidate] of p.candidates.entries()) {
    const model = withinRange(() => modelOf(candidate));
    if (model) {
      const evaluation = await p.evaluator.evaluate(model);
      scored.push({ index: candidate.index, evaluation, contribution: null, score: null });
    } else {
      notFinite.push(candidate.index);
    }
    onScored(done + 1);
  }
  return { scored, notFinite };
}

/** Undefined where finite inputs give a result that f32 cannot hold: a fact about the inputs, on every machine. */
function withinRange<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch (error) {
    if (error instanceof CoreError && error.code === 'CORE_OVERFLOW') return undefined;
    throw error;
  }
}
