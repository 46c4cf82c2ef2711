import type { Core, Evaluation } from '@covey/wasm-core';
import { isShardRule } from '../rules.ts';
import type { Samples } from '../samples.ts';
import { trainerWeights } from '../settlement/arithmetic.ts';
import type { TaskDocument } from '../task.ts';
import { Evaluator } from './evaluator.ts';
import { gradientAt, publicDirections, together, trainOn } from './opened-data.ts';
import { rankArena, rankFederated, type Candidate, type Ranked, type RankParameters, type Scored } from './rank.ts';

/** What decides a round of its task. */
export type PlayedTask = Pick<TaskDocument, 'mode' | 'ranking' | 'aggregation' | 'architecture' | 'training'>;

/** What anybody knew before the round: what follows from that is nobody's contribution. */
export interface OpenData extends Pick<RankParameters['open'], 'publicDirections' | 'known'> {
  shards: readonly Samples[];
}

export interface OpenDataParameters {
  core: Core;
  task: PlayedTask;
  round: number;
  base: Float32Array;
  /** Of earlier rounds, those that open. */
  shards: readonly Samples[];
  /** The aggregate that was accepted last. */
  last: Float32Array | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Nothing where the task's ranking does not ask. */
export function openDataOf({ base, shards, round, ...rest }: OpenDataParameters): OpenData {
  if (rest.task.ranking !== 'contribution') return { shards: [], publicDirections: [], known: undefined };
  const samples = together(shards);
  const directions = publicDirections({ ...rest, parameters: base, samples, seed: round });
  const known = samples && gradientAt(rest.core, rest.task.architecture, base, samples);
  return { shards, publicDirections: directions, known };
}

export interface PlayRoundParameters {
  core: Core;
  task: PlayedTask;
  round: number;
  base: Float32Array;
  /** The round's own shard. */
  dataset: Samples;
  open: OpenData;
  candidates: readonly Candidate[];
  arenaMargin: bigint;
  signal?: AbortSignal | undefined;
  onScored?: ((done: number, total: number) => void) | undefined;
  onTrained?: ((done: number, total: number) => void) | undefined;
}

export interface PlayedRound {
  baseline: Evaluation;
  ranking: Ranked;
  /** The next base, where the core trained it further on open data. */
  trained: Float32Array | null;
}

/** What a round makes of its readable submissions: no content, no documents. */
export async function playRound(p: PlayRoundParameters): Promise<PlayedRound> {
  const { core, task, base, dataset } = p;
  const evaluator = new Evaluator(core, task.architecture, dataset, p.signal);
  const baseline = await evaluator.evaluate(base);
  const rank = task.mode === 'arena' ? rankArena : rankFederated;
  const ranking = await rank({
    task,
    evaluator,
    base: { parameters: base, evaluation: baseline },
    candidates: p.candidates,
    arenaMargin: p.arenaMargin,
    open: p.open,
    ...(p.onScored && { onScored: p.onScored }),
  });
  return { baseline, ranking, trained: trainFurther(p, ranking.outcome?.parameters ?? base) };
}

/** Everybody could train on what is open: so the core does it for everybody, and the next round starts from there. */
function trainFurther(p: PlayRoundParameters, parameters: Float32Array): Float32Array | null {
  const { core, task, round, signal } = p;
  const epochs = isShardRule(task.aggregation) ? task.aggregation.publicEpochs : 0;
  const samples = together([...p.open.shards, p.dataset]);
  if (epochs === 0 || !samples) return null;
  return trainOn({ core, task, parameters, samples, epochs, seed: round, signal, onProgress: p.onTrained }) ?? null;
}

/** What each submission's leaf in the claims tree weighs, in the order given; `scored` are the readable ones. */
export function weightsOf(
  task: Pick<PlayedTask, 'ranking'>,
  submissions: readonly { index: number; seats: number }[],
  scored: ReadonlyMap<number, Scored>,
  rankRatio: bigint,
): bigint[] {
  const weighed = submissions.map(({ index, seats }) => {
    const s = scored.get(index);
    const score = task.ranking === 'contribution' ? s?.contribution : s?.score;
    return { seats, score: s && s.score !== null ? (score ?? null) : null };
  });
  return trainerWeights(task.ranking, weighed, rankRatio);
}
