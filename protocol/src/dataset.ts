import type { CoveyError } from '@covey/errors';
import { MAX_SAMPLES, featureTypes, targetTypes, valueTypeOf, valueTypes } from '@covey/wasm-core';
import type { Inputs, Labels, ValueType } from '@covey/wasm-core';
import { protocolError } from './errors.ts';
import { placeOfNotFinite } from './finite.ts';
import { encodeSafetensors, parseSafetensors } from './safetensors.ts';
import type { Dtype, ParseOptions, Tensor } from './safetensors.ts';

/** One class a sample. */
export type Classes = Uint8Array | Uint16Array | Uint32Array;

/** Samples as their file holds them: with labels, with targets, or of tokens, which have neither. */
export interface Dataset {
  /** count × features, row by row; or count × tokens, the last of each sample only a target. */
  inputs: Inputs;
  /** Values of a sample, or tokens. */
  features: number;
  labels?: Classes | undefined;
  /** What the outputs of each sample should be, row by row. */
  targets?: Uint8Array | Float32Array | undefined;
}

export interface LabelledDataset extends Dataset {
  labels: Classes;
}

/** Of features, or of the tokens of whole texts. */
const inputTypes = [...featureTypes, 'u16', 'u32'] as const;

export function sampleCount({ inputs, features }: Dataset): number {
  return inputs.length / features;
}

/**
 * Canonical safetensors: `inputs` U8, F32 or I32 [count, features], or U8, U16 or U32 [count, tokens] of whole texts, with
 * `labels` U8, U16 or U32 [count] or with `targets` U8 or F32 [count, outputs]; or `tokens` U8, U16 or U32 [count, tokens].
 */
export function encodeDataset(data: Dataset): Uint8Array {
  const { inputs, features, labels, targets } = data;
  const count = sampleCount(data);
  if (labels) return encodeSafetensors({ inputs: rows(inputs, features), labels: tensorOf(labels, [count]) });
  if (targets)
    return encodeSafetensors({ inputs: rows(inputs, features), targets: rows(targets, targets.length / count) });
  return encodeSafetensors({ tokens: rows(inputs, features) });
}

function rows(values: Labels | Inputs, width: number): Tensor {
  return tensorOf(values, [values.length / width, width]);
}

function tensorOf(values: Labels | Inputs, shape: number[]): Tensor {
  const { buffer, byteOffset, byteLength } = values;
  return { dtype: dtypeOf(valueTypeOf(values)!), shape, data: new Uint8Array(buffer, byteOffset, byteLength) };
}

/** Reads what `encodeDataset` writes. Numbers are finite, and every tensor has a row for each sample. */
export function decodeDataset(bytes: Uint8Array, options: ParseOptions): Dataset {
  const tensors = parseSafetensors(bytes, options);
  const [inputs, labels, targets, tokens] = ['inputs', 'labels', 'targets', 'tokens'].map((name) => tensors.get(name));
  const complete = tokens ? tensors.size === 1 : inputs && (labels ?? targets) && tensors.size === 2;
  if (!complete) {
    throw invalid('other tensors', 'inputs and labels, inputs and targets, or tokens', [...tensors.keys()].join(', '));
  }
  if (tokens) {
    const [count, features] = shapeOf('tokens', tokens, 2);
    requireCount(count);
    // At least one token and the one that follows.
    if (features < 2) throw invalid('no tokens before the last', 'at least 2 a sample', `${features}`);
    return { inputs: valuesOf('tokens', tokens, ['u8', 'u16', 'u32']), features };
  }
  const [count, features] = shapeOf('inputs', inputs!, 2);
  requireCount(count);
  if (features === 0) throw invalid('no features', 'at least one', '0');
  const read = { inputs: valuesOf('inputs', inputs!, inputTypes), features };
  const [results] = labels ? shapeOf('labels', labels, 1) : shapeOf('targets', targets!, 2);
  if (results !== count) throw invalid('unequal counts', `${count} labels or targets`, `${results}`);
  if (labels) return { ...read, labels: valuesOf('labels', labels, ['u8', 'u16', 'u32']) };
  return { ...read, targets: valuesOf('targets', targets!, targetTypes) };
}

function shapeOf(name: string, { shape }: Tensor, dimensions: 1 | 2): [count: number, width: number] {
  const [count, width = 1] = shape;
  if (count !== undefined && shape.length === dimensions) return [count, width];
  throw invalid(`other dimensions of ${name}`, `${dimensions}`, `${shape.length}`);
}

function requireCount(count: number): void {
  if (count < 1 || count > MAX_SAMPLES) throw invalid('too few or too many samples', `1 to ${MAX_SAMPLES}`, `${count}`);
}

function valuesOf<T extends ValueType>(
  name: string,
  { dtype, data }: Tensor,
  types: readonly T[],
): InstanceType<(typeof valueTypes)[T]['Array']> {
  const type = types.find((one) => dtypeOf(one) === dtype);
  if (!type) throw invalid(`another type of ${name}`, types.map(dtypeOf).join(' or '), dtype);
  const values = typedArray(type, data);
  if (type === 'f32') requireFinite(name, values as Float32Array);
  return values as InstanceType<(typeof valueTypes)[T]['Array']>;
}

/** A view of these bytes and no others of their buffer, where the type's alignment allows; else of a copy. */
function typedArray(type: ValueType, data: Uint8Array) {
  const { bytes, Array: Values } = valueTypes[type];
  // Not `slice`, which in Node's own byte arrays gives a view of their whole pool.
  const { buffer, byteOffset, byteLength } = data.byteOffset % bytes === 0 ? data : new Uint8Array(data);
  return new Values(buffer as ArrayBuffer, byteOffset, byteLength / bytes);
}

function requireFinite(name: string, values: Float32Array): void {
  const bad = placeOfNotFinite(values);
  if (bad !== undefined)
    throw invalid(`${name} that are not finite`, 'finite numbers only', `${values[bad]} at ${bad}`);
}

/** As safetensors call a type of value. */
export function dtypeOf(type: ValueType): Dtype {
  return type.toUpperCase() as Uppercase<ValueType>;
}

export function invalid(message: string, expected: string, got: string): CoveyError {
  return protocolError('PROTOCOL_INVALID_DATASET', `the dataset has ${message}`, { expected, got });
}
