import { classCount, featureCount, modelFromBytes, modelToBytes, type TaskDocument } from '@covey/protocol';
import type { Core } from '@covey/wasm-core';
import type { Dataset } from '../data/dataset.ts';
import { NodeError } from '../errors.ts';

export interface TrainUpdateOptions {
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
export function trainUpdate(options: TrainUpdateOptions): Uint8Array {
  const { core, task, base, data, seed, onProgress } = options;
  const { architecture } = task;
  assertShard(data, task);
  const start = modelFromBytes(architecture, base, { maxBytes: base.byteLength });
  const trained = core.train({
    layers: architecture.layers,
    parameters: start,
    inputs: data.inputs,
    labels: data.labels,
    ...task.training,
    ...options.training,
    seed,
    ...(onProgress ? { onProgress } : {}),
  });
  return modelToBytes(architecture, task.mode === 'federated' ? core.subtract(trained, start) : trained);
}

function assertShard(data: Dataset, task: TaskDocument): void {
  const features = featureCount(task.architecture);
  const classes = classCount(task.architecture);
  const bad = data.labels.findIndex((label) => label >= classes);
  if (data.features !== features || data.labels.length === 0 || bad !== -1) {
    throw new NodeError('DATA_BAD_SHARD', 'The data shard does not fit the task.', {
      expected: `samples of ${features} features, labels below ${classes}`,
      got: `${data.labels.length} samples of ${data.features} features${bad === -1 ? '' : `, label ${data.labels[bad]}`}`,
    });
  }
}
