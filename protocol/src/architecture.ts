import type { CoveyError } from '@covey/errors';
import {
  inputKinds,
  isCoreError,
  layerTypes,
  lossOf,
  lossTypes,
  networkLayout,
  networkLimits,
  targetTypes,
} from '@covey/wasm-core';
import type { Arithmetic, InputKind, Layer, Loss, NetworkLayout, TargetType, TensorLayout } from '@covey/wasm-core';
import { z } from 'zod';
import { protocolError } from './errors.ts';
import { placeOfNotFinite } from './finite.ts';
import { layerSchema } from './layer-schema.ts';
import { encodeSafetensors, parseSafetensors } from './safetensors.ts';
import type { ParseOptions, Tensor } from './safetensors.ts';
import { decoded, eachPlace, lookThrough, type Update } from './update.ts';

export interface Architecture {
  layers: Layer[];
  /** What samples are: features of this type of value, or tokens. The core says how each becomes f32. */
  input: InputKind;
  /** Cross-entropy unless given; of the next token for tokens. */
  loss?: Loss | undefined;
  /** The type of squared error's targets, which has to be said; a class has no type of its own. */
  targets?: TargetType | undefined;
  /** What its models are scored and run in: f32 unless given. Files and training are f32 in any case. */
  arithmetic?: Arithmetic | undefined;
}

/** Bounds on what a task may ask of those who score it; the core has more of them. */
export const MAX_LAYERS = networkLimits.layers;
/** Of labels, and tokens of a vocabulary. */
export const MAX_CLASSES = networkLimits.classes;

const group = z.union([z.literal(32), z.literal(64)]);
const arithmeticSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('int8'), group: group.optional() }),
  z.strictObject({ type: z.literal('int4'), group }),
]);

export const architectureSchema = z
  .strictObject({
    layers: z.array(layerSchema).min(1).max(MAX_LAYERS),
    input: z.enum(inputKinds),
    loss: z.enum(lossTypes.map(({ name }) => name)).optional(),
    targets: z.enum(targetTypes).optional(),
    arithmetic: arithmeticSchema.optional(),
  })
  .superRefine((architecture, context) => {
    const problem = findProblem(architecture);
    if (problem) context.addIssue({ code: 'custom', message: problem.message, path: [problem.field] });
  });

interface Problem {
  field: keyof Architecture;
  message: string;
}

function findProblem({ layers, input, loss, targets }: Architecture): Problem | undefined {
  let layout: NetworkLayout;
  let wanted: ReturnType<typeof lossOf>['targets'];
  try {
    layout = networkLayout(layers);
    wanted = lossOf(layout, loss).targets;
  } catch (error) {
    if (isCoreError(error)) return { field: 'layers', message: error.message };
    throw error;
  }
  const { kind } = layout.input;
  const hasTokens = kind !== 'features';
  if (hasTokens !== (input === 'tokens')) {
    const fitting = inputKinds.filter((one) => (one === 'tokens') === hasTokens);
    return { field: 'input', message: `expected ${fitting.join(' or ')} for this first layer` };
  }
  if ((wanted === 'outputs') !== (targets !== undefined)) {
    const message =
      wanted === 'outputs' ? `expected ${targetTypes.join(' or ')} for this loss` : 'this loss has classes';
    return { field: 'targets', message };
  }
  const last = layers.at(-1);
  if (last && activations.has(last.type)) {
    return { field: 'layers', message: 'the last layer must not be an activation: its outputs are scored raw' };
  }
  return undefined;
}

const activations = new Set<string>(layerTypes.filter(({ activation }) => activation).map(({ name }) => name));

/** Features of a sample, or its tokens but the last. */
export function featureCount(architecture: Architecture): number {
  return networkLayout(architecture.layers).input.size;
}

export function classCount(architecture: Architecture): number {
  return networkLayout(architecture.layers).classes;
}

/** Tokens that its samples may hold; undefined where they are features. */
export function vocabularyOf({ layers }: Architecture): number | undefined {
  const [first] = layers;
  return first?.type === 'embedding' ? first.vocabulary : undefined;
}

/** Whether what it predicts is of such a kind; bytes are tokens too. */
export function predicts(architecture: Architecture, what: 'anything' | 'tokens' | 'bytes'): boolean {
  // Asked of layers that may be no network.
  const [first] = architecture.layers;
  const vocabulary = first?.type === 'embedding' && first.padding === undefined ? first.vocabulary : undefined;
  if (what === 'anything') return true;
  return what === 'tokens' ? vocabulary !== undefined : vocabulary === 256;
}

/** Where each tensor stands in the core's flat parameter vector: PyTorch's names for a list called `layers`. */
export function tensorPlaces(architecture: Architecture): TensorLayout[] {
  return networkLayout(architecture.layers).tensors;
}

export function parameterCount(architecture: Architecture): number {
  return networkLayout(architecture.layers).parameterCount;
}

/** A model, or a delta between two, as the canonical safetensors file of this architecture. */
export function modelToBytes(architecture: Architecture, parameters: Float32Array): Uint8Array {
  const count = parameterCount(architecture);
  if (parameters.length !== count) {
    throw protocolError('PROTOCOL_INVALID_ARGUMENT', 'the parameters do not fit the architecture', {
      expected: `${count} numbers`,
      got: `${parameters.length}`,
    });
  }
  const tensors = new Map<string, Tensor>(
    tensorPlaces(architecture).map((place) => [
      place.name,
      {
        dtype: 'F32',
        shape: place.shape,
        data: new Uint8Array(parameters.buffer, parameters.byteOffset + place.offset * 4, place.length * 4),
      },
    ]),
  );
  return encodeSafetensors(tensors);
}

/**
 * Reads a model or delta. Throws PROTOCOL_TOO_LARGE, PROTOCOL_NOT_SAFETENSORS, PROTOCOL_WRONG_TENSORS or
 * PROTOCOL_NOT_FINITE, which are the verdicts of a submission.
 */
export function modelFromBytes(architecture: Architecture, bytes: Uint8Array, options: ParseOptions): Float32Array {
  return decoded(openModel(architecture, bytes, options));
}

/** The same, decoded when it is read; `bytes` must not change while it is. */
export function openModel(architecture: Architecture, bytes: Uint8Array, options: ParseOptions): Update {
  const tensors = parseSafetensors(bytes, options);
  const places = tensorPlaces(architecture).map((place) => {
    const tensor = tensors.get(place.name);
    if (!tensor)
      throw wrongTensors(
        `tensor ${place.name} is missing`,
        describe(place.shape),
        [...tensors.keys()].slice(0, 8).join(', '),
      );
    if (tensor.dtype !== 'F32' || tensor.shape.join() !== place.shape.join()) {
      throw wrongTensors(
        `tensor ${place.name} has another type or shape`,
        describe(place.shape),
        describe(tensor.shape, tensor.dtype),
      );
    }
    return { ...place, data: tensor.data };
  });
  if (tensors.size !== places.length) {
    const known = new Set(places.map((place) => place.name));
    const extra = [...tensors.keys()].find((name) => !known.has(name));
    throw wrongTensors(
      'there are more tensors than the architecture names',
      `${places.length} tensors`,
      `also ${extra}`,
    );
  }
  const model: Update = {
    length: parameterCount(architecture),
    read: (from, to, into) =>
      eachPlace(places, { from, to, into }, ({ data }, start, end, part) =>
        new Uint8Array(part.buffer, part.byteOffset, part.byteLength).set(data.subarray(start * 4, end * 4)),
      ),
  };
  lookThrough(model, (values, from) => {
    const bad = placeOfNotFinite(values);
    if (bad === undefined) return;
    const at = from + bad;
    const place = places.find((p) => at < p.offset + p.length);
    throw protocolError('PROTOCOL_NOT_FINITE', `tensor ${place?.name} holds a value that is not finite`, {
      expected: 'finite numbers only',
      got: `${values[bad]} at element ${at - (place?.offset ?? 0)}`,
    });
  });
  return model;
}

function describe(shape: readonly number[], dtype = 'F32'): string {
  return `${dtype} [${shape.join(', ')}]`;
}

function wrongTensors(message: string, expected: string, got: string): CoveyError {
  return protocolError('PROTOCOL_WRONG_TENSORS', message, { expected, got });
}

/** Room for a safetensors header: far more than the names of 64 layers take. */
const HEADER_ROOM = 1024 * 1024;

/**
 * Bytes that a submission may have: what the policy allows, and no more than a model of this architecture can need, so
 * that nobody makes validators hold what cannot be valid.
 */
export function submissionLimit(architecture: Architecture, maxSubmissionBytes: bigint): number {
  return Math.min(Number(maxSubmissionBytes), modelLimit(architecture));
}

/** Bytes that no file of a model of this architecture needs more than. */
export function modelLimit(architecture: Architecture): number {
  return 4 * parameterCount(architecture) + HEADER_ROOM;
}
