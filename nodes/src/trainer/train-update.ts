import {
  isProtocolError,
  modelFromBytes,
  samplesOf,
  type Dataset,
  type Samples,
  type TaskDocument,
} from '@covey/protocol';
import type { Core } from '@covey/wasm-core';
import { nodeError } from '../errors.ts';
import {
  assertFinishable,
  finishModel,
  finishUpdate,
  type FinishOptions,
  type TrainedUpdate,
} from './finish-update.ts';

export interface TrainUpdateOptions extends FinishOptions {
  core: Core;
  task: TaskDocument;
  /** Safetensors file of the model that the round starts from. */
  base: Uint8Array;
  data: Dataset;
  seed: number;
  /** Where they differ from what the task suggests. */
  training?: Partial<TaskDocument['training']>;
  onProgress?: (done: number, total: number) => void;
}

/** Trains on the node's own data and gives the file to submit: the delta in federated mode, the model in an arena. */
export function trainUpdate(options: TrainUpdateOptions): TrainedUpdate {
  const { core, task, base, seed, onProgress } = options;
  const { architecture } = task;
  const { inputs, labels } = assertTrainable(options);
  const start = modelFromBytes(architecture, base, { maxBytes: base.byteLength });
  const trained = core.train({
    layers: architecture.layers,
    loss: architecture.loss,
    parameters: start,
    inputs,
    labels,
    ...task.training,
    ...options.training,
    seed,
    ...(onProgress ? { onProgress } : {}),
  });
  return task.mode === 'arena' ? finishModel(task, trained) : finishUpdate(options, core.subtract(trained, start));
}

/** The data as the task takes them. Throws what is wrong with them or the options, before anything is computed. */
export function assertTrainable(options: Omit<TrainUpdateOptions, 'core'>): Samples {
  const samples = fitting(options.data, options.task);
  assertFinishable(options);
  return samples;
}

function fitting(data: Dataset, { architecture }: TaskDocument): Samples {
  try {
    return samplesOf(architecture, data);
  } catch (cause) {
    if (!isProtocolError(cause)) throw cause;
    const { expected, got } = cause;
    throw nodeError('DATA_BAD_SHARD', 'The data shard does not fit the task.', { expected, got, cause });
  }
}
