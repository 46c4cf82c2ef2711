import { networkLayout } from '@covey/wasm-core';
import type { Architecture } from './architecture.ts';
import type { PolicyValues } from './policy.ts';
import type { Ranking, TaskMode } from './modes.ts';

interface Shard {
  samples: number;
}

/** What of a task document decides what it costs. */
interface Costed {
  mode: TaskMode;
  ranking: Ranking;
  architecture: Architecture;
  validation: { shards: readonly Shard[]; holdout: Shard };
  cost: string;
  windows: { resultCommit: number };
}

/** Multiply-adds of one evaluation of a shard of so many samples: below 2^36 · 2^24. */
export function evaluationCost({ layers }: Architecture, samples: number): bigint {
  return BigInt(networkLayout(layers).work) * BigInt(samples);
}

/** The `cost` that a task document states: multiply-adds of one evaluation of its largest shard. */
export function statedCost({ architecture, validation }: Pick<Costed, 'architecture' | 'validation'>): bigint {
  const samples = [...validation.shards, validation.holdout].map((shard) => shard.samples);
  return evaluationCost(architecture, Math.max(...samples));
}

/** A gradient takes a forward pass and twice as much backwards. */
const GRADIENT = 3n;

/**
 * Multiply-adds that scoring one round of the task takes at most:
 *
 *     evaluations · cost + 3 · publicEpochs · Σ cost of the shards that can be open before it
 *
 * evaluations, with n seats of training nodes, each a submission: the base and each submission; federated also the
 * aggregate, and where contribution ranks, two more of each submission (`rankFederated`).
 *
 * @param publicEpochs Over all opened shards, for a rule that trains on them.
 */
export function roundCost(
  { mode, ranking, architecture, validation, cost }: Costed,
  { trainerSeats }: Pick<PolicyValues, 'trainerSeats'>,
  publicEpochs = 0,
): bigint {
  const each = ranking === 'contribution' ? 3n : 1n;
  const evaluations = 1n + each * trainerSeats + (mode === 'federated' ? 1n : 0n);
  const opened = validation.shards.slice(0, -1).reduce((sum, { samples }) => sum + samples, 0);
  return evaluations * BigInt(cost) + GRADIENT * BigInt(publicEpochs) * evaluationCost(architecture, opened);
}

/** What of the policy decides whether a task fits. */
export type CostPolicy = Pick<PolicyValues, 'trainerSeats' | 'scoringRate'>;

/**
 * Seconds that scoring one round takes at most at the rate that every validator must manage, rounded up. The window of
 * results must be as long (`fitsWindows`): within it each validator computes the result that it commits to.
 */
export function scoringSeconds(task: Costed, policy: CostPolicy): bigint {
  return (roundCost(task, policy) + policy.scoringRate - 1n) / policy.scoringRate;
}

/** Whether validators can score the task's rounds within its windows. */
export function fitsWindows(task: Costed, policy: CostPolicy): boolean {
  return scoringSeconds(task, policy) <= BigInt(task.windows.resultCommit);
}
