import { genesisConstants, taskManagerConstants } from '@covey/contracts/abi/constants';
import { windowNames, type taskTermsType } from '@covey/contracts/abi/structs';
import { GRADIENT_SAMPLES, MAX_BATCH, MAX_SAMPLES, isCoreError, metrics, requireTrainable } from '@covey/wasm-core';
import type { AbiParameterToPrimitiveType } from 'viem';
import { z } from 'zod';
import { architectureSchema, predicts } from './architecture.ts';
import { decodeDocument, encodeDocument } from './canonical.ts';
import type { DocumentFormat } from './canonical.ts';
import { statedCost } from './cost.ts';
import { arenaEncodings, encodings, type Encoding } from './encoding.ts';
import { rankings, taskModes } from './modes.ts';
import { ZERO_BYTES32, bytes32, decimal, documentCidText, fileCidText, text } from './primitives.ts';
import { MAX_SUBMISSIONS, isShardRule, leastRows, ruleSchema } from './rules.ts';
import { sampleBytes } from './samples.ts';
import { MAX_SHARD_BYTES } from './shard.ts';

export const MAX_TASK_BYTES = 512 * 1024;
const { MAX_ROUNDS } = taskManagerConstants;

export const taskShardSchema = z.strictObject({
  plaintextSha256: bytes32,
  /** How many it holds. */
  samples: z.number().int().min(1).max(MAX_SAMPLES),
  /** Positional tree over the samples (`samplesRoot`). */
  samplesRoot: bytes32,
  ciphertext: fileCidText,
  /** keccak256(abi.encode(bytes32 key)). */
  keyCommitment: bytes32,
});

const seconds = z.number().int().min(1).max(0xffffffff);

const windowsSchema = z.record(z.enum(windowNames), seconds);

const trainingSchema = z.strictObject({
  epochs: z.number().int().min(1).max(10_000),
  batchSize: z.number().int().min(1).max(MAX_BATCH),
  learningRate: z.number().positive().max(100),
  momentum: z.number().min(0).lt(1),
  /** SGD unless given; with Adam, momentum is its β₁. */
  optimizer: z.enum(['sgd', 'adam']).optional(),
});

export const taskDocumentSchema = z
  .strictObject({
    schema: z.literal('covey.task/2'),
    name: text({ min: 1, max: 200 }),
    /** Markdown. */
    description: text({ max: 65_536, lines: true }),
    /** Of the models that it makes: an SPDX identifier. */
    licence: text({ min: 1, max: 64 }).optional(),
    mode: z.enum(taskModes),
    architecture: architectureSchema,
    /** How samples come from tables, images or text, and what outputs mean (`covey.data/1`). No score depends on it. */
    data: documentCidText.optional(),
    initialModel: fileCidText,
    /** How the loss is reported. */
    metric: z.enum(metrics.map(({ name }) => name)),
    /** By what trainers are paid. */
    ranking: z.enum(rankings),
    aggregation: ruleSchema,
    /** How submissions may be held: `usualEncodings` unless given, in an arena `f32`. */
    encodings: z.array(z.enum(encodings)).min(1).max(encodings.length).optional(),
    rounds: z.number().int().min(1).max(MAX_ROUNDS),
    windows: windowsSchema,
    /** Who may train: anybody, or whom a list names (`admissionTree`). */
    admission: z
      .strictObject({ root: bytes32.refine((root) => root !== ZERO_BYTES32, 'expected the root of a list') })
      .nullable(),
    /** A minimum above all tokens would let nobody take part. */
    minTrainerStake: decimal(genesisConstants.CAP),
    minValidatorStake: decimal(genesisConstants.CAP),
    budget: decimal(),
    /** Multiply-adds of one evaluation of the largest shard (`statedCost`); a round has as many as `roundCost` says. */
    cost: decimal(),
    validation: z.strictObject({ shards: z.array(taskShardSchema).min(1).max(MAX_ROUNDS), holdout: taskShardSchema }),
    /** What the creator suggests to training nodes, and how the core itself trains on opened shards. */
    training: trainingSchema,
  })
  .superRefine((task, context) => {
    const issue = (message: string, ...path: (string | number)[]) => {
      context.addIssue({ code: 'custom', message, path });
    };
    const { shards, holdout } = task.validation;
    if (shards.length !== task.rounds)
      issue(`expected one shard a round (${task.rounds}), got ${shards.length}`, 'validation', 'shards');
    const metric = metrics.find(({ name }) => name === task.metric);
    if (metric && !predicts(task.architecture, metric.of))
      issue(`${task.metric} is a metric of architectures that predict ${metric.of}`, 'metric');
    if (task.mode === 'arena' && task.ranking !== 'loss')
      issue('an arena ranks by loss: nothing is aggregated', 'ranking');
    const ofModels: readonly Encoding[] = arenaEncodings;
    if (task.mode === 'arena' && task.encodings?.some((encoding) => !ofModels.includes(encoding)))
      issue(`an arena takes models, as ${arenaEncodings.join(' or ')}`, 'encodings');
    if (task.encodings && new Set(task.encodings).size !== task.encodings.length)
      issue('expected each encoding once', 'encodings');
    if (isShardRule(task.aggregation) && task.ranking !== 'contribution')
      issue(`${task.aggregation.rule} pays by contribution`, 'ranking');
    if (leastRows(task.aggregation) > MAX_SUBMISSIONS)
      issue('the rule needs more updates than a round can have', 'aggregation');
    // An architecture that is refused already has no samples.
    const unscorable = context.issues.length === 0 ? findUnscorable(task) : undefined;
    if (unscorable) issue(unscorable.message, ...unscorable.path);
    const all = [...shards, holdout];
    // A shard that served twice would be open in its second round: everything about each must be its own.
    for (const field of ['plaintextSha256', 'samplesRoot', 'ciphertext', 'keyCommitment'] as const) {
      if (new Set(all.map((shard) => shard[field])).size !== all.length)
        issue(`every shard needs its own ${field}`, 'validation');
    }
  });

export type TaskDocument = z.infer<typeof taskDocumentSchema>;
export type ShardCommitment = TaskDocument['validation']['holdout'];

/** Whether it is an arena whose submissions may be adapters of its initial model. */
export function takesAdapters({ mode, encodings }: Pick<TaskDocument, 'mode' | 'encodings'>): boolean {
  return mode === 'arena' && (encodings?.includes('lora') ?? false);
}

/** Of a shard's samples: a header, a nonce and a tag go into the same file. */
const MAX_SAMPLES_BYTES = MAX_SHARD_BYTES - 4096;

type Scored = Pick<TaskDocument, 'mode' | 'architecture' | 'validation' | 'cost' | 'training'>;

/** What in a task would keep nodes from scoring it, or from training as it suggests. */
function findUnscorable(task: Scored): { message: string; path: string[] } | undefined {
  const { mode, architecture, validation, training } = task;
  try {
    const each = sampleBytes(architecture);
    if ([...validation.shards, validation.holdout].some(({ samples }) => samples * each > MAX_SAMPLES_BYTES))
      return { message: `expected shards of at most ${MAX_SAMPLES_BYTES} bytes`, path: ['validation'] };
    const cost = String(statedCost(task));
    if (task.cost !== cost) return { message: `expected the cost of the largest shard, ${cost}`, path: ['cost'] };
    if (mode === 'federated') requireTrainable(architecture.layers, Math.max(training.batchSize, GRADIENT_SAMPLES));
    return undefined;
  } catch (error) {
    if (isCoreError(error)) return { message: error.message, path: ['training', 'batchSize'] };
    throw error;
  }
}

const format: DocumentFormat<TaskDocument> = {
  name: 'task document',
  schema: taskDocumentSchema,
  maxBytes: MAX_TASK_BYTES,
};

export function encodeTaskDocument(task: TaskDocument): Uint8Array {
  return encodeDocument(format, task);
}

export function decodeTaskDocument(bytes: Uint8Array): TaskDocument {
  return decodeDocument(format, bytes);
}

/** What `TaskManager.propose` takes beside the document's CID: key commitments of each round's shard, then of the hold-out. */
export type TaskTerms = AbiParameterToPrimitiveType<typeof taskTermsType>;

/** The terms that the chain enforces and that the document must repeat. */
export function taskTerms(task: TaskDocument): TaskTerms {
  return {
    rounds: task.rounds,
    windows: task.windows,
    ranking: rankings.indexOf(task.ranking),
    minTrainerStake: BigInt(task.minTrainerStake),
    minValidatorStake: BigInt(task.minValidatorStake),
    admissionRoot: task.admission?.root ?? ZERO_BYTES32,
    keyCommitments: [...task.validation.shards, task.validation.holdout].map((shard) => shard.keyCommitment),
  };
}
