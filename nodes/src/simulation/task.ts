import { policyNumbers } from '@covey/contracts/abi/policy-numbers';
import { sampleCount, samplesOf, type Dataset, type PlayedTask } from '@covey/protocol';
import type { Core } from '@covey/wasm-core';
import { nodeError } from '../errors.ts';
import { play } from './engine.ts';
import { measure, type Measure } from './measure.ts';
import { mix, trainer, validator, type Trainer } from './participants.ts';
import type { Play, PlayParameters } from './play-types.ts';
import { initialPolicy, TOKEN } from './policy.ts';
import { dealOut, hiddenParts, holdBack, type HiddenSizes, type Split } from './split.ts';
import type { TrainerStrategy } from './strategy.ts';
import { honest } from './trainers/honest.ts';
import { meets } from './trainers/needs.ts';
import { honestValidator } from './validators/index.ts';
import type { World } from './world.ts';

/** What a draft says of a task that counts here; amounts in wei. */
export interface SimulatedTask extends PlayedTask {
  rounds: number;
  minTrainerStake: bigint;
  minValidatorStake: bigint;
  budget: bigint;
  /** Of the initial weights. */
  seed: number;
  /** A model to begin with, in place of those. */
  base?: Float32Array | undefined;
}

export interface SimulatedData extends Omit<HiddenSizes, 'rounds'> {
  /** What the training nodes have: together, to be dealt out, or one for each. */
  data: Dataset | readonly Dataset[];
  /** What validators score on; a quarter of the data unless given. */
  validation?: Dataset | undefined;
  split: Split;
  nodes: number;
}

export interface Hostile {
  strategy: TrainerStrategy;
  /** Part of the nodes. */
  share: number;
}

export interface SimulateTaskParameters
  extends SimulatedData, Pick<PlayParameters, 'onRound' | 'onTrained' | 'signal'> {
  core: Core;
  task: SimulatedTask;
  seed: number;
  hostile: readonly Hostile[];
  /** Of the honest nodes. */
  privacy?: Trainer['privacy'] | undefined;
  validators: number;
  /** Seats of a round for training nodes; as a new deployment has them unless given. */
  seats?: number | undefined;
}

export interface SimulatedTaskResult extends Play {
  world: World;
  /** Of the initial weights. */
  before: Measure;
}

/** Least stakes of a node here, where its task asks for less. */
const TRAINER_STAKE = 1000n * TOKEN;
const VALIDATOR_STAKE = 5000n * TOKEN;

/** A whole task with its own architecture, rule, loss and rewards: what its creator may look at before paying for it. */
export async function simulateTask(p: SimulateTaskParameters): Promise<SimulatedTaskResult> {
  const { task, privacy, onRound, onTrained, signal } = p;
  const world = taskWorld(p);
  const policy = initialPolicy();
  const result = await play({
    world,
    trainers: trainersOf(p, greater(TRAINER_STAKE, task.minTrainerStake)).map((one) =>
      privacy && one.strategy === honest ? { ...one, privacy } : one,
    ),
    validators: mix(p.validators, 0, [honestValidator, honestValidator], (strategy) =>
      validator(strategy, greater(VALIDATOR_STAKE, task.minValidatorStake)),
    ),
    policy: p.seats === undefined ? policy : { ...policy, trainerSeats: BigInt(p.seats) },
    funders: [{ name: 'creator', amount: task.budget }],
    creationStake: policyNumbers.creationStake.initial,
    ...(onRound && { onRound }),
    ...(onTrained && { onTrained }),
    ...(signal && { signal }),
  });
  return { ...result, world, before: measure(world, world.start, world.holdout) };
}

const greater = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** Hostile ones first, each kind in a row. */
function trainersOf({ nodes, hostile, task }: SimulateTaskParameters, stake: bigint): Trainer[] {
  const bad = hostile.flatMap(({ strategy, share }) => {
    if (!meets(task, strategy.needs)) {
      throw nodeError('CONFIG_INVALID', `“${strategy.name}” cannot be played on this task.`, {
        expected: `a task of ${strategy.needs}`,
        got: `input ${task.architecture.input}, loss ${task.architecture.loss ?? 'cross-entropy'}`,
      });
    }
    return Array.from({ length: Math.round(share * nodes) }, () => strategy);
  });
  if (bad.length > nodes) {
    throw nodeError('CONFIG_INVALID', 'More nodes are hostile than there are.', {
      expected: `shares that add up to at most 1`,
      got: `${bad.length} of ${nodes}`,
    });
  }
  return Array.from({ length: nodes }, (_, i) => trainer(bad[i] ?? honest, i, stake));
}

/** Deals the data out and hides what validators score on. Throws where the data are not of the task's form, or too few. */
function taskWorld({ core, task, seed, split, ...p }: SimulateTaskParameters): World {
  const { mode, ranking, aggregation, architecture, training, rounds } = task;
  const samples = (data: Dataset) => samplesOf(architecture, data);
  const all = p.data;
  const shared = 'inputs' in all ? all : undefined;
  [...(shared ? [shared] : (all as readonly Dataset[])), ...(p.validation ? [p.validation] : [])].forEach(samples);
  if (!shared && !p.validation) {
    throw nodeError('CONFIG_INVALID', 'Nodes have all of the data: validators need samples of their own.', {
      expected: '--validation FILE',
    });
  }
  const held = shared && !p.validation ? holdBack(shared, hiddenCount(shared, task, p), seed) : undefined;
  const { shards, holdout } = hiddenParts((p.validation ?? held?.hidden)!, { rounds, ...p }, seed);
  const own = held?.rest ?? shared;
  const parts = own ? dealOut(own, { nodes: p.nodes, split, seed }) : (all as readonly Dataset[]);
  return {
    core,
    seed,
    task: { mode, ranking, aggregation, architecture, training },
    start: task.base ?? core.initialise(architecture.layers, task.seed),
    parts: parts.map(samples),
    shards: shards.map(samples),
    holdout: samples(holdout),
  };
}

/** What is asked for; else a quarter. */
function hiddenCount(
  data: Dataset,
  { rounds }: SimulatedTask,
  { shardSamples, holdoutSamples }: Omit<HiddenSizes, 'rounds'>,
): number {
  const quarter = Math.floor(sampleCount(data) / 4);
  if (shardSamples === undefined) return quarter;
  return rounds * shardSamples + (holdoutSamples ?? shardSamples);
}
