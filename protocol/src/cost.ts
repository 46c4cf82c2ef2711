import { mostOfRule, mostOfShardRule, networkLayout, rules } from '@covey/wasm-core';
import type { Architecture } from './architecture.ts';
import type { Encoding } from './encoding.ts';
import type { PolicyValues } from './policy.ts';
import type { Ranking, TaskMode } from './modes.ts';
import { MOST_DIRECTION_EPOCHS, OPENED_SHARDS } from './open-data-limits.ts';
import { isShardRule, type TaskRule } from './rules.ts';
import { sampleBytes } from './samples.ts';

interface Shard {
  samples: number;
}

/** What of a task document decides what it costs. */
interface Costed {
  mode: TaskMode;
  ranking: Ranking;
  aggregation: TaskRule;
  architecture: Architecture;
  validation: { shards: readonly Shard[]; holdout: Shard };
  cost: string;
  encodings?: readonly Encoding[] | undefined;
  windows: { resultCommit: number };
}

/** Multiply-adds of one evaluation of a shard of so many samples, in the task's arithmetic: below 2^36 · 2^24. */
export function evaluationCost({ layers, arithmetic }: Architecture, samples: number): bigint {
  return BigInt(networkLayout(layers, arithmetic).work) * BigInt(samples);
}

/** The `cost` that a task document states: multiply-adds of one evaluation of its largest shard. */
export function statedCost({ architecture, validation }: Pick<Costed, 'architecture' | 'validation'>): bigint {
  const samples = [...validation.shards, validation.holdout].map((shard) => shard.samples);
  return evaluationCost(architecture, Math.max(...samples));
}

/** A gradient takes a forward pass and twice as much backwards, in f32 whatever the task's arithmetic. */
function gradientCost({ layers }: Architecture, samples: number): bigint {
  return 3n * BigInt(networkLayout(layers).work) * BigInt(samples);
}

/**
 * What scoring one round of the task takes at most, in multiply-adds: what its network computes, and the handling of updates
 * and shards.
 */
export function roundCost(task: Costed, policy: Pick<PolicyValues, 'trainerSeats'>): bigint {
  return networkCost(task, policy) + handlingCost(task, policy);
}

/** Passes over an update of one seat, a parameter; decided by rules of a column, whose attribution sorts each (96 measured). */
const PASSES = 100n;
/** Of two seats, a parameter, where a rule measures distances or mixes rows (1.3 measured). */
const PAIR = 2n;
/** Of one seat, a parameter, where updates may be adapters of the largest rank: up to seven passes decode them (14 measured for each). */
const DECODING = 100n;
/** Opening a shard: its tree and its hashes (17,000 a sample and 26 a byte measured). */
const OPENING = { sample: 20_000n, byte: 40n };

/** Of multiply-adds that take a nanosecond each, as `scoringRate` promises by default: measured on one core of 2026. */
export function handlingCost(task: Costed, { trainerSeats }: Pick<PolicyValues, 'trainerSeats'>): bigint {
  const { architecture, ranking } = task;
  const each = PASSES + (task.encodings?.includes('lora') ? DECODING : 0n);
  const passes = each * trainerSeats + (comparesRows(task.aggregation) ? PAIR * trainerSeats ** 2n : 0n);
  const { opened, largest } = openSamples(task);
  const samples = BigInt(largest + (ranking === 'contribution' ? opened : 0));
  const opening = OPENING.sample + OPENING.byte * BigInt(sampleBytes(architecture));
  return passes * BigInt(networkLayout(architecture.layers).parameterCount) + samples * opening;
}

function comparesRows(rule: TaskRule): boolean {
  if (isShardRule(rule)) return false;
  return (rule.pre ?? []).length > 0 || rules.some(({ name, needs }) => name === rule.rule && needs === 'distances');
}

/**
 * Multiply-adds of the network in one round at most, in evaluations of its largest shard:
 *
 *     by loss           the base and, with n seats of training nodes, n submissions; federated also the aggregate
 *     by contribution   the base, what the rule asks (`mostOfRule`, `mostOfShardRule`), and of the shards that can be open
 *                       before it one gradient and the epochs that give public directions
 *     attributed mean   and `publicEpochs` over those and its own
 *
 * A gradient, and so a sample of an epoch, is three evaluations in f32.
 */
export function networkCost(task: Costed, { trainerSeats }: Pick<PolicyValues, 'trainerSeats'>): bigint {
  const { mode, ranking, aggregation } = task;
  const one = BigInt(task.cost);
  if (ranking === 'loss') return (1n + trainerSeats + (mode === 'federated' ? 1n : 0n)) * one;
  const asked = isShardRule(aggregation) ? mostOfShardRule : mostOfRule;
  const evaluations = 1n + BigInt(asked.evaluations);
  const { opened, trained, largest } = openSamples(task);
  const most = Math.max(largest, task.validation.holdout.samples);
  const publicEpochs = isShardRule(aggregation) ? aggregation.publicEpochs : 0;
  const gradients = asked.gradients * most + opened * (1 + MOST_DIRECTION_EPOCHS) + trained * publicEpochs;
  return evaluations * one + gradientCost(task.architecture, gradients);
}

/** Samples of the most shards that can be open before a round, and of those that it trains its model on. */
function openSamples({ validation }: Pick<Costed, 'validation'>) {
  const sizes = validation.shards.map(({ samples }) => samples).sort((a, b) => b - a);
  const sum = (count: number) => sizes.slice(0, count).reduce((total, samples) => total + samples, 0);
  return { largest: sum(1), opened: sum(Math.min(OPENED_SHARDS, sizes.length - 1)), trained: sum(OPENED_SHARDS) };
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
