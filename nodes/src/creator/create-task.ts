import { chainError, clientError, codecs } from '@covey/client';
import type { ContentStore, CoveyWriter, Sent } from '@covey/client';
import { policyAbi, params, taskManagerAbi } from '@covey/contracts/abi';
import {
  cidToChain,
  encodeTaskDocument,
  modelToBytes,
  taskTerms,
  type Architecture,
  type TaskDocument,
} from '@covey/protocol';
import type { Core } from '@covey/wasm-core';
import { parseEventLogs, type Hex } from 'viem';
import type { PreparedValidation, ValidationShard } from '../data/validation.ts';
import { nodeError } from '../errors.ts';
import { ignoreEvents, type OnEvent } from '../events.ts';
import { ensureAllowance } from '../stake/ensure-stake.ts';

/** What the creator decides; the rest of the document follows from the data. */
export interface TaskDraft {
  name: string;
  description: string;
  mode: TaskDocument['mode'];
  architecture: Architecture;
  ranking: TaskDocument['ranking'];
  aggregation: TaskDocument['aggregation'];
  rounds: number;
  windows: TaskDocument['windows'];
  minTrainerStake: bigint;
  minValidatorStake: bigint;
  /** What the creator means to fund, in wei. */
  budget: bigint;
  training: TaskDocument['training'];
  /** Seed of the initial weights. */
  seed: number;
}

export interface PublishedTask {
  document: TaskDocument;
  /** CID of the document. */
  cid: string;
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
  const initial = core.initialise(draft.architecture.layers, draft.seed);
  const initialModel = await store.add(modelToBytes(draft.architecture, initial));
  const shards: TaskDocument['validation']['shards'] = [];
  for (const shard of validation.shards) shards.push(await publishShard(store, shard));
  const { seed: _, ...rest } = draft;
  const document: TaskDocument = {
    schema: 'covey.task/1',
    ...rest,
    initialModel,
    metric: 'loss',
    minTrainerStake: String(draft.minTrainerStake),
    minValidatorStake: String(draft.minValidatorStake),
    budget: String(draft.budget),
    validation: { shards, holdout: await publishShard(store, validation.holdout) },
  };
  return { document, cid: await store.putBlock(codecs.dagJson, encodeTaskDocument(document)) };
}

async function publishShard(store: ContentStore, shard: ValidationShard) {
  return {
    plaintextSha256: shard.plaintextSha256,
    ciphertext: await store.add(shard.ciphertext),
    keyCommitment: shard.keyCommitment,
  };
}

/** Proposes a published task on chain, paying the creation stake. */
export async function proposeTask(
  covey: CoveyWriter,
  published: PublishedTask,
  onEvent: OnEvent = ignoreEvents,
): Promise<Sent & { taskId: bigint; creationStake: bigint }> {
  let creationStake: bigint;
  try {
    creationStake = await covey.publicClient.readContract({
      address: covey.deployment.policy,
      abi: policyAbi,
      functionName: 'latest',
      args: [params.indexOf('creationStake')],
    });
  } catch (cause) {
    throw chainError(cause, 'reading the creation stake');
  }
  await ensureAllowance(covey, covey.deployment.taskManager, creationStake, onEvent);
  const sent = await covey.sender.send({
    address: covey.deployment.taskManager,
    abi: taskManagerAbi,
    functionName: 'propose',
    args: [cidToChain(published.cid), taskTerms(published.document)],
  });
  const [event] = parseEventLogs({ abi: taskManagerAbi, eventName: 'TaskProposed', logs: sent.logs, strict: true });
  if (!event) throw clientError('TRANSACTION_FAILED', 'propose emitted no TaskProposed.', { got: sent.tx });
  return { ...sent, taskId: event.args.taskId, creationStake };
}

export interface CreateTaskParameters {
  covey: CoveyWriter;
  store: ContentStore;
  core: Core;
  draft: TaskDraft;
  validation: PreparedValidation;
  onEvent?: OnEvent;
}

/** Publishes and proposes. The keys in `validation` must be kept: `keyFileOf` gives what to write down first. */
export async function createTask(parameters: CreateTaskParameters) {
  const { covey, store, core, draft, validation, onEvent } = parameters;
  const published = await publishTask(core, store, draft, validation);
  return { ...published, ...(await proposeTask(covey, published, onEvent)) };
}

/** Adds `amount` wei to a task's budget. */
export async function fundTask(
  covey: CoveyWriter,
  taskId: bigint,
  amount: bigint,
  onEvent: OnEvent = ignoreEvents,
): Promise<Sent> {
  await ensureAllowance(covey, covey.deployment.taskManager, amount, onEvent);
  return await covey.sender.send({
    address: covey.deployment.taskManager,
    abi: taskManagerAbi,
    functionName: 'fund',
    args: [taskId, amount],
  });
}

/** After the last round: opens the hold-out and gets the creation stake back. */
export async function completeTask(covey: CoveyWriter, taskId: bigint, key: Hex): Promise<Sent> {
  return await covey.sender.send({
    address: covey.deployment.taskManager,
    abi: taskManagerAbi,
    functionName: 'complete',
    args: [taskId, key],
  });
}
