import { codecs, proposeTask, readPolicy } from '@covey/client';
import type { ContentStore, CoveyWriter, PublishedTask } from '@covey/client';
import {
  admissionTree,
  encodeDataDescription,
  encodeTaskDocument,
  modelToBytes,
  requireDescribed,
  statedCost,
  type Architecture,
  type DataDescription,
  type TaskDocument,
} from '@covey/protocol';
import type { Core } from '@covey/wasm-core';
import type { Address } from 'viem';
import type { PreparedValidation, ValidationShard } from '../data/validation.ts';
import { nodeError } from '../errors.ts';
import type { OnEvent } from '../events.ts';
import { requireFit } from '../participant/require-fit.ts';

/** What the creator decides; the rest of the document follows from the data. */
export interface TaskDraft {
  name: string;
  description: string;
  licence?: TaskDocument['licence'];
  mode: TaskDocument['mode'];
  architecture: Architecture;
  /** How its samples were made, for whoever trains on data of their own or predicts; published with the task. */
  data?: DataDescription | undefined;
  /** The tokenizer that its description names. */
  tokenizer?: Uint8Array | undefined;
  ranking: TaskDocument['ranking'];
  aggregation: TaskDocument['aggregation'];
  /** Default: the loss. */
  metric?: TaskDocument['metric'];
  encodings?: TaskDocument['encodings'];
  rounds: number;
  windows: TaskDocument['windows'];
  /** The nodes that may train; null for anybody. */
  admitted: readonly Address[] | null;
  minTrainerStake: bigint;
  minValidatorStake: bigint;
  /** What the creator means to fund, in wei. */
  budget: bigint;
  training: TaskDocument['training'];
  /** Seed of the initial weights. */
  seed: number;
  /** A model to begin with, in place of weights from the seed. */
  base?: Float32Array | undefined;
}

/** Builds the task document and stores what it names: initial model, encrypted shards, then itself. */
export async function publishTask(
  core: Core,
  store: ContentStore,
  draft: TaskDraft,
  validation: PreparedValidation,
): Promise<PublishedTask> {
  if (validation.shards.length !== draft.rounds) {
    throw nodeError('DATA_BAD_SPLIT', 'There must be one validation shard for each round.', {
      expected: String(draft.rounds),
      got: String(validation.shards.length),
    });
  }
  if (draft.data) requireDescribed(draft.architecture, draft.data);
  if (draft.tokenizer) await store.add(draft.tokenizer);
  const initial = draft.base ?? core.initialise(draft.architecture.layers, draft.seed);
  const initialModel = await store.add(modelToBytes(draft.architecture, initial));
  const shards: TaskDocument['validation']['shards'] = [];
  for (const shard of validation.shards) shards.push(await publishShard(store, shard));
  const document = documentOf(draft, {
    initialModel,
    ...(draft.data && { data: await store.putBlock(codecs.dagJson, encodeDataDescription(draft.data)) }),
    validation: { shards, holdout: await publishShard(store, validation.holdout) },
  });
  return { document, cid: await store.putBlock(codecs.dagJson, encodeTaskDocument(document)) };
}

/** The document of a draft, once its content has addresses. */
export function documentOf(
  draft: TaskDraft,
  { initialModel, data, validation }: Pick<TaskDocument, 'initialModel' | 'data' | 'validation'>,
): TaskDocument {
  const {
    seed: _,
    base: _base,
    data: _description,
    tokenizer: _tokenizer,
    admitted,
    metric = 'loss',
    licence,
    encodings,
    ...rest
  } = draft;
  const { architecture } = draft;
  return {
    schema: 'covey.task/2',
    ...rest,
    ...(data !== undefined && { data }),
    // DAG-JSON has no undefined.
    ...(licence !== undefined && { licence }),
    ...(encodings && { encodings }),
    initialModel,
    admission: admitted && { root: admissionTree(admitted).root },
    metric,
    minTrainerStake: String(draft.minTrainerStake),
    minValidatorStake: String(draft.minValidatorStake),
    budget: String(draft.budget),
    cost: String(statedCost({ architecture, validation })),
    validation,
  };
}

async function publishShard(store: ContentStore, shard: ValidationShard) {
  return {
    plaintextSha256: shard.plaintextSha256,
    samples: shard.samples,
    samplesRoot: shard.samplesRoot,
    ciphertext: await store.add(shard.ciphertext),
    keyCommitment: shard.keyCommitment,
  };
}

export interface CreateTaskParameters {
  covey: CoveyWriter;
  store: ContentStore;
  core: Core;
  draft: TaskDraft;
  validation: PreparedValidation;
  /** Who may open its rounds beside the creator. */
  opener?: Address | undefined;
  onEvent?: OnEvent;
}

/** Publishes and proposes; throws TASK_TOO_COSTLY for a task that no node would join. The keys in `validation` must be kept: `keyFileOf` gives what to write down first. */
export async function createTask(parameters: CreateTaskParameters) {
  const { covey, store, core, draft, validation, opener, onEvent } = parameters;
  const published = await publishTask(core, store, draft, validation);
  requireFit('The task', published.document, await readPolicy(covey));
  return { ...published, ...(await proposeTask(covey, { ...published, opener }, onEvent)) };
}
