import type { CoveyError } from '@covey/errors';
import {
  isProtocolError,
  modelFromBytes,
  modelToBytes,
  samplesOf,
  updateToBytes,
  type Dataset,
  type EncodingChoice,
  type Samples,
  type TaskDocument,
} from '@covey/protocol';
import type { Core } from '@covey/wasm-core';
import { nodeError } from '../errors.ts';
import { noiseKey, signalToNoise } from './privacy.ts';

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
  /** How a federated update is written; plain unless given. */
  encoding?: EncodingChoice | undefined;
  /** Clips a federated update to this L2 norm and adds noise · clip of Gaussian noise, drawn with its round's key. */
  privacy?: { clip: number; noise: number; key: Uint8Array } | undefined;
  /** What the encoding of the last update took from it, to be made good now. */
  residual?: Float32Array | undefined;
}

export interface TrainedUpdate {
  bytes: Uint8Array;
  /** What the encoding took from the update; null where nothing can be made good later. */
  residual: Float32Array | null;
  /** ‖update‖ over the expected norm of its noise, before it is encoded; null without noise. */
  signalToNoise: number | null;
}

/**
 * Trains on the node's own data and gives the file to submit: the delta in federated mode, the model in an arena. The
 * residual is of noised values only, and added to noised values: error feedback costs no privacy.
 */
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
  const { encoding = { encoding: 'f32' }, privacy, residual } = options;
  if (task.mode === 'arena') {
    return { bytes: modelToBytes(architecture, trained), residual: null, signalToNoise: null };
  }
  let update = core.subtract(trained, start);
  const ratio = privacy && privacy.noise > 0 ? signalToNoise(update, privacy) : null;
  if (privacy) {
    const key = noiseKey(privacy.key, { ...privacy, values: update });
    update = core.codec.privatise({ ...privacy, values: update, key });
  }
  if (residual?.length === update.length) update = core.add(update, residual);
  const written = updateToBytes(core, architecture, update, encoding);
  const left = encoding.encoding === 'f32' ? null : written.residual;
  return { bytes: written.bytes, residual: left, signalToNoise: ratio };
}

/** The data as the task takes them. Throws what is wrong with them or the options, before anything is computed. */
export function assertTrainable({ task, data, encoding, privacy }: Omit<TrainUpdateOptions, 'core'>): Samples {
  const samples = fitting(data, task);
  const written = encoding ?? { encoding: 'f32' };
  if (task.mode !== 'arena') assertAllowed(task, written);
  else if (privacy || written.encoding !== 'f32') throw notFederated();
  return samples;
}

function assertAllowed(task: TaskDocument, { encoding }: EncodingChoice): void {
  if (!task.encodings || task.encodings.includes(encoding)) return;
  throw nodeError('CONFIG_INVALID', 'The task does not take updates in this encoding.', {
    expected: task.encodings.join(' or '),
    got: encoding,
  });
}

function notFederated(): CoveyError {
  return nodeError('CONFIG_INVALID', 'An arena takes whole models: they are neither encoded nor noised.', {
    hint: 'Leave --encoding and --dp-* away, or choose federated tasks with --task.',
  });
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
