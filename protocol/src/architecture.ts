import type { Layer } from '@covey/wasm-core';
import { z } from 'zod';
import { ProtocolError } from './errors.ts';
import { encodeSafetensors, parseSafetensors } from './safetensors.ts';
import type { ParseOptions, Tensor } from './safetensors.ts';

export interface Architecture {
  layers: Layer[];
  /** How a dataset's bytes become inputs: `byte` divides by 255 in the core. */
  inputScale: 'byte';
}

/** Bounds on what a task may ask of those who score it: the core's own. */
export const MAX_LAYERS = 64;
export const MAX_WIDTH = 65_536;
export const MAX_PARAMETERS = 1 << 28;
/** Labels are bytes. */
export const MAX_CLASSES = 256;

const width = z.number().int().min(1).max(MAX_WIDTH);

const layerSchema = z.union([
  z.strictObject({ type: z.literal('dense'), inputs: width, outputs: width }),
  z.strictObject({ type: z.literal('relu') }),
]);

export const architectureSchema = z
  .strictObject({ layers: z.array(layerSchema).min(1).max(MAX_LAYERS), inputScale: z.literal('byte') })
  .superRefine((architecture, context) => {
    const problem = findProblem(architecture);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem, path: ['layers'] });
  });

function findProblem({ layers }: Architecture): string | undefined {
  let outputs: number | undefined;
  for (const [i, layer] of layers.entries()) {
    if (layer.type === 'relu') {
      if (layers[i - 1]?.type !== 'dense') return `layer ${i}: a relu follows a dense layer`;
      continue;
    }
    if (outputs !== undefined && layer.inputs !== outputs) {
      return `layer ${i}: expected ${outputs} inputs as the layer before has outputs, got ${layer.inputs}`;
    }
    outputs = layer.outputs;
  }
  const last = layers.at(-1);
  if (last?.type !== 'dense') return 'the last layer must be dense: its outputs are the classes';
  if (last.outputs < 2 || last.outputs > MAX_CLASSES)
    return `expected 2 to ${MAX_CLASSES} classes, got ${last.outputs}`;
  const parameters = parameterCount({ layers, inputScale: 'byte' });
  if (parameters > MAX_PARAMETERS) return `expected at most ${MAX_PARAMETERS} parameters, got ${parameters}`;
  return undefined;
}

export function featureCount(architecture: Architecture): number {
  const first = architecture.layers.find((layer) => layer.type === 'dense');
  return first?.inputs ?? 0;
}

export function classCount(architecture: Architecture): number {
  const last = architecture.layers.findLast((layer) => layer.type === 'dense');
  return last?.outputs ?? 0;
}

interface TensorPlace {
  name: string;
  shape: number[];
  /** Index of its first element in the flat parameter vector. */
  offset: number;
  length: number;
}

/**
 * Where each tensor stands in the core's flat parameter vector: per dense layer the weight [outputs, inputs] row-major,
 * then the bias [outputs]. Layer i of the list names `layers.i.weight` and `layers.i.bias`.
 */
function tensorPlaces(architecture: Architecture): TensorPlace[] {
  const places: TensorPlace[] = [];
  let offset = 0;
  for (const [i, layer] of architecture.layers.entries()) {
    if (layer.type !== 'dense') continue;
    for (const [part, shape] of [
      ['weight', [layer.outputs, layer.inputs]],
      ['bias', [layer.outputs]],
    ] as const) {
      const length = shape.reduce((product, dimension) => product * dimension, 1);
      places.push({ name: `layers.${i}.${part}`, shape: [...shape], offset, length });
      offset += length;
    }
  }
  return places;
}

export function parameterCount(architecture: Architecture): number {
  return tensorPlaces(architecture).reduce((sum, place) => sum + place.length, 0);
}

/** A model, or a delta between two, as the canonical safetensors file of this architecture. */
export function modelToBytes(architecture: Architecture, parameters: Float32Array): Uint8Array {
  const count = parameterCount(architecture);
  if (parameters.length !== count) {
    throw new ProtocolError('PROTOCOL_INVALID_ARGUMENT', 'the parameters do not fit the architecture', {
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
  const tensors = parseSafetensors(bytes, options);
  const places = tensorPlaces(architecture);
  const parameters = new Float32Array(parameterCount(architecture));
  const target = new Uint8Array(parameters.buffer);
  for (const place of places) {
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
    target.set(tensor.data, place.offset * 4);
  }
  if (tensors.size !== places.length) {
    const known = new Set(places.map((place) => place.name));
    const extra = [...tensors.keys()].find((name) => !known.has(name));
    throw wrongTensors(
      'there are more tensors than the architecture names',
      `${places.length} tensors`,
      `also ${extra}`,
    );
  }
  // Exponent bits all ones: NaN or infinity. Read as integers, so that no NaN passes through a float register.
  const bits = new Uint32Array(parameters.buffer);
  const bad = bits.findIndex((word) => (word & 0x7f800000) === 0x7f800000);
  if (bad !== -1) {
    const place = places.find((p) => bad < p.offset + p.length);
    throw new ProtocolError('PROTOCOL_NOT_FINITE', `tensor ${place?.name} holds a value that is not finite`, {
      expected: 'finite numbers only',
      got: `${parameters[bad]} at element ${bad - (place?.offset ?? 0)}`,
    });
  }
  return parameters;
}

function describe(shape: readonly number[], dtype = 'F32'): string {
  return `${dtype} [${shape.join(', ')}]`;
}

function wrongTensors(message: string, expected: string, got: string): ProtocolError {
  return new ProtocolError('PROTOCOL_WRONG_TENSORS', message, { expected, got });
}

/** Room for a safetensors header: far more than the names of 64 layers take. */
const HEADER_ROOM = 1024 * 1024;

/**
 * Bytes that a submission may have: what the policy allows, and no more than a model of this architecture can need, so
 * that nobody makes validators hold what cannot be valid.
 */
export function submissionLimit(architecture: Architecture, maxSubmissionBytes: bigint): number {
  return Math.min(Number(maxSubmissionBytes), 4 * parameterCount(architecture) + HEADER_ROOM);
}
