import type { CoveyError } from '@covey/errors';
import {
  adaptersToBytes,
  foreignModel,
  importPeft,
  modelFromBytes,
  modelToBytes,
  parameterCount,
  readForeignSafetensors,
  updateFromBytes,
  updateToBytes,
  type EncodingChoice,
  type NameMap,
  type TaskDocument,
} from '@covey/protocol';
import type { Core } from '@covey/wasm-core';
import { nodeError } from '../errors.ts';
import { noiseKey, signalToNoise } from './privacy.ts';

/** What becomes of an update between its training and its file. */
export interface FinishOptions {
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

interface Finished extends FinishOptions {
  core: Core;
  task: TaskDocument;
}

/** The file of an arena's model. */
export function finishModel(task: TaskDocument, parameters: Float32Array): TrainedUpdate {
  return { bytes: modelToBytes(task.architecture, parameters), residual: null, signalToNoise: null };
}

/**
 * The file of a federated update. The residual is of noised values only, and added to noised values: error feedback costs no
 * privacy.
 */
export function finishUpdate(options: Finished, made: Float32Array): TrainedUpdate {
  const { core, task, privacy, residual, encoding = { encoding: 'f32' } } = options;
  let update = made;
  const ratio = privacy && privacy.noise > 0 ? signalToNoise(update, privacy) : null;
  if (privacy) {
    const key = noiseKey(privacy.key, { ...privacy, values: update });
    update = core.codec.privatise({ ...privacy, values: update, key });
  }
  if (residual?.length === update.length) update = core.add(update, residual);
  const written = updateToBytes(core, task.architecture, update, encoding);
  const left = encoding.encoding === 'f32' ? null : written.residual;
  return { bytes: written.bytes, residual: left, signalToNoise: ratio };
}

/** Throws what is wrong with the options for this task, before anything is computed. */
export function assertFinishable({
  task,
  encoding,
  privacy,
}: Pick<Finished, 'task' | 'encoding'> & { privacy?: object | undefined }): void {
  const written = encoding ?? { encoding: 'f32' };
  if (task.mode !== 'arena') assertAllowed(task, written);
  else if (privacy || written.encoding !== 'f32') throw notFederated();
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

/** A safetensors file that was made elsewhere. */
export interface MadeFile {
  bytes: Uint8Array;
  /** A whole model, a federated update (what is to be added to the base), or adapters. */
  holds: 'model' | 'update' | 'adapter';
  /** Of adapters that PEFT saved, their `adapter_config.json`; Covey's own file has none. */
  config?: unknown;
  /** Which of its tensors are the task's, where their names do not say so. */
  map?: NameMap | undefined;
}

export interface FinishFileOptions extends FinishOptions {
  task: TaskDocument;
  file: MadeFile;
  /** Safetensors file of the model that the round starts from; a federated model is submitted as its difference from it. */
  base?: Uint8Array | undefined;
}

/** Of f64, with the largest header that is read. */
const mostOf = (parameters: number) => 8 * parameters + 2 ** 24;

/** The parameters in a file that was made elsewhere. Throws PROTOCOL_WRONG_TENSORS and its like. */
export function readMadeFile({ architecture }: Pick<TaskDocument, 'architecture'>, { bytes, map }: MadeFile) {
  return foreignModel(architecture, bytes, { maxBytes: mostOf(parameterCount(architecture)), map });
}

/** The file to submit, from one that was made elsewhere. */
export function finishFile(options: FinishFileOptions & { core: Core }): TrainedUpdate {
  const { core, task, file, base } = options;
  if (file.holds === 'adapter') return { bytes: finishAdapters(options), residual: null, signalToNoise: null };
  assertFinishable(options);
  const values = readMadeFile(task, file);
  if (task.mode === 'arena') return finishModel(task, values);
  if (file.holds === 'update') return finishUpdate(options, values);
  const start = modelFromBytes(task.architecture, base!, { maxBytes: base!.byteLength });
  return finishUpdate(options, core.subtract(values, start));
}

/** The file of adapters to submit, found to be an update of the task. Throws PROTOCOL_WRONG_TENSORS and its like. */
export function finishAdapters({
  core,
  task,
  file,
  encoding,
  privacy,
}: Pick<FinishFileOptions, 'task' | 'file' | 'encoding'> & { core: Core; privacy?: object | undefined }): Uint8Array {
  const { architecture, encodings } = task;
  if (encoding || privacy) {
    throw nodeError('CONFIG_INVALID', 'Adapters are sent as they are: they are neither encoded nor noised.', {
      hint: 'Leave --encoding and --dp-* away, or give the whole update with --update.',
    });
  }
  if (!encodings?.includes('lora')) {
    throw nodeError('CONFIG_INVALID', 'The task takes no adapters.', {
      expected: 'a task whose encodings name lora',
      got: encodings?.join(', ') ?? 'none',
      hint: 'Merge the adapter into its base, and give the whole model with --model.',
    });
  }
  const maxBytes = mostOf(parameterCount(architecture));
  const bytes =
    file.config === undefined
      ? file.bytes
      : adaptersToBytes(
          architecture,
          importPeft(architecture, file.config, readForeignSafetensors(file.bytes, { maxBytes })),
        );
  updateFromBytes(core, architecture, bytes, { maxBytes, encodings: ['lora'] });
  return bytes;
}
