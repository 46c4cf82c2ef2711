import type { CoveyError } from '@covey/errors';
import { type Core, isCoreError } from '@covey/wasm-core';
import { modelToBytes, openModel, tensorPlaces } from './architecture.ts';
import type { Architecture } from './architecture.ts';
import { protocolError } from './errors.ts';
import { placeOfNotFinite } from './finite.ts';
import { encodeSafetensors, parseSafetensors } from './safetensors.ts';
import type { ParseOptions, Tensor } from './safetensors.ts';
import { decoded, eachPlace, lookThrough, type Update } from './update.ts';

/**
 * How a federated submission may hold its update, told apart by the tensors in the file:
 *
 * - `f32`: the tensors of the architecture, F32, as a model has them.
 * - `int8`: each tensor as I8 (−127 … 127) of the same shape, and `NAME.scale` F32 [channels], finite and above 0. A
 *   channel is a row of the first dimension; a tensor of one dimension is one channel. value = quantum · scale.
 * - `top-k`: `indices` U32 [k], strictly ascending places in the flat parameter vector, and `values` F32 [k]; all other
 *   values are 0.
 */
export const encodings = ['f32', 'int8', 'top-k'] as const;
export type Encoding = (typeof encodings)[number];

/** What an update is sent as; `ratio` of a top-k update is the share of values that it keeps. */
export type EncodingChoice = { encoding: 'f32' | 'int8' } | { encoding: 'top-k'; ratio: number };

/** The file of an update, and what encoding it took from it: to be added to the node's next update. */
export function updateToBytes(
  core: Core,
  architecture: Architecture,
  update: Float32Array,
  choice: EncodingChoice,
): { bytes: Uint8Array; residual: Float32Array } {
  if (choice.encoding === 'f32') {
    return { bytes: modelToBytes(architecture, update), residual: new Float32Array(update.length) };
  }
  if (choice.encoding === 'top-k') {
    const count = Math.max(1, Math.min(update.length, Math.round(update.length * choice.ratio)));
    const { indices, values, residual } = core.codec.topK(update, count);
    return { bytes: encodeSafetensors({ indices: u32(indices), values: f32(values) }), residual };
  }
  const decoded = new Float32Array(update.length);
  const tensors = new Map<string, Tensor>();
  for (const { name, shape, offset, length } of tensorPlaces(architecture)) {
    const quantised = core.codec.quantise(update.slice(offset, offset + length), channelsOf(shape));
    decoded.set(core.codec.dequantise(quantised), offset);
    tensors.set(name, { dtype: 'I8', shape, data: new Uint8Array(quantised.data.buffer) });
    tensors.set(`${name}.scale`, f32(quantised.scales));
  }
  return { bytes: encodeSafetensors(tensors), residual: core.subtract(update, decoded) };
}

/**
 * Reads an update in any of the encodings that the task allows. Throws PROTOCOL_TOO_LARGE, PROTOCOL_NOT_SAFETENSORS,
 * PROTOCOL_WRONG_TENSORS or PROTOCOL_NOT_FINITE, which are the verdicts of a submission.
 */
export function updateFromBytes(
  core: Core,
  architecture: Architecture,
  bytes: Uint8Array,
  options: ParseOptions & { encodings?: readonly Encoding[] | undefined },
): Float32Array {
  return decoded(openUpdate(core, architecture, bytes, options));
}

/** The same, decoded when it is read; `bytes` must not change while it is. */
export function openUpdate(
  core: Core,
  architecture: Architecture,
  bytes: Uint8Array,
  options: ParseOptions & { encodings?: readonly Encoding[] | undefined },
): Update {
  const tensors = parseSafetensors(bytes, options);
  const encoding = encodingOf(tensors);
  if (!(options.encodings ?? encodings).includes(encoding)) {
    throw wrongTensors('the task does not allow this encoding', options.encodings?.join(' or ') ?? '', encoding);
  }
  if (encoding === 'f32') return openModel(architecture, bytes, options);
  return encoding === 'int8' ? openInt8(core, architecture, tensors) : openTopK(architecture, tensors);
}

function encodingOf(tensors: ReadonlyMap<string, Tensor>): Encoding {
  if (tensors.has('indices')) return 'top-k';
  return [...tensors.values()].some(({ dtype }) => dtype === 'I8') ? 'int8' : 'f32';
}

function openInt8(core: Core, architecture: Architecture, tensors: ReadonlyMap<string, Tensor>): Update {
  const shapes = tensorPlaces(architecture);
  requireCount(tensors, 2 * shapes.length);
  const places = shapes.map((place) => {
    const { name, shape, length } = place;
    const bytes = take(tensors, name, 'I8', shape);
    const data = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    const scales = new Float32Array(aligned(take(tensors, `${name}.scale`, 'F32', [channelsOf(shape)])));
    if (data.includes(-128)) throw wrongTensors(`tensor ${name} is not symmetric`, '-127 to 127', '-128');
    requireFinite(`${name}.scale`, scales);
    const bad = scales.find((scale) => !(scale > 0));
    if (bad !== undefined) throw wrongTensors(`tensor ${name}.scale holds no scale`, 'numbers above 0', String(bad));
    const part: Int8Part = { data, scales, channel: length / scales.length };
    // Looked through once, for what leaves f32.
    finite(name, () => lookThrough({ length, read: (from, to, into) => dequantise(core, part, from, to, into) }, noop));
    return { ...place, part };
  });
  return {
    length: places.reduce((sum, { length }) => sum + length, 0),
    read: (from, to, into) =>
      eachPlace(places, { from, to, into }, ({ part }, start, end, values) =>
        dequantise(core, part, start, end, values),
      ),
  };
}

interface Int8Part {
  data: Int8Array;
  scales: Float32Array;
  /** Values of a channel. */
  channel: number;
}

/** In the core: whole channels at once, and parts of one by themselves. */
function dequantise(
  core: Core,
  { data, scales, channel }: Int8Part,
  from: number,
  to: number,
  into: Float32Array,
): void {
  for (let at = from; at < to;) {
    const first = Math.floor(at / channel);
    const whole = at % channel === 0 ? Math.floor((to - at) / channel) : 0;
    const end = whole > 0 ? at + whole * channel : Math.min(to, (first + 1) * channel);
    const some = scales.subarray(first, first + Math.max(1, whole));
    into.set(core.codec.dequantise({ data: data.subarray(at, end), scales: some }), at - from);
    at = end;
  }
}

const noop = (): void => undefined;

function openTopK(architecture: Architecture, tensors: ReadonlyMap<string, Tensor>): Update {
  requireCount(tensors, 2);
  const length = tensorPlaces(architecture).reduce((sum, place) => sum + place.length, 0);
  const count = tensors.get('indices')?.shape[0] ?? 0;
  if (count < 1 || count > length) throw wrongTensors('the update is empty or too long', `1 to ${length}`, `${count}`);
  const indices = new Uint32Array(aligned(take(tensors, 'indices', 'U32', [count])));
  const values = new Float32Array(aligned(take(tensors, 'values', 'F32', [count])));
  requireFinite('values', values);
  const bad = indices.findIndex((index, i) => index >= length || (i > 0 && index <= indices[i - 1]!));
  if (bad !== -1) {
    throw wrongTensors(
      'the indices are not in order',
      `strictly ascending, below ${length}`,
      `${indices[bad]} at ${bad}`,
    );
  }
  // Bits, so that reading is no arithmetic; as the core scatters, −0 is +0.
  const bits = new Uint32Array(values.buffer).map((word) => (word === 0x80000000 ? 0 : word));
  return {
    length,
    read(from, to, into) {
      const words = new Uint32Array(into.buffer, into.byteOffset, into.length);
      words.fill(0);
      for (let i = firstFrom(indices, from); i < count && indices[i]! < to; i++) words[indices[i]! - from] = bits[i]!;
    },
  };
}

/** Place of the first that is not below `least`, by halving. */
function firstFrom(ascending: Uint32Array, least: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

function channelsOf(shape: readonly number[]): number {
  return shape.length > 1 ? shape[0]! : 1;
}

/** The bytes of a tensor, which lie anywhere in the file. */
function take(
  tensors: ReadonlyMap<string, Tensor>,
  name: string,
  dtype: Tensor['dtype'],
  shape: readonly number[],
): Uint8Array {
  const tensor = tensors.get(name);
  const expected = `${dtype} [${shape.join(', ')}]`;
  if (!tensor) throw wrongTensors(`tensor ${name} is missing`, expected, [...tensors.keys()].slice(0, 8).join(', '));
  if (tensor.dtype !== dtype || tensor.shape.join() !== shape.join()) {
    const got = `${tensor.dtype} [${tensor.shape.join(', ')}]`;
    throw wrongTensors(`tensor ${name} has another type or shape`, expected, got);
  }
  return tensor.data;
}

/** A copy that typed arrays of wider numbers can begin at. */
function aligned(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

function requireCount(tensors: ReadonlyMap<string, Tensor>, count: number): void {
  if (tensors.size !== count) throw wrongTensors('the file holds other tensors', `${count}`, `${tensors.size}`);
}

function requireFinite(name: string, values: Float32Array): void {
  const bad = placeOfNotFinite(values);
  if (bad === undefined) return;
  throw protocolError('PROTOCOL_NOT_FINITE', `tensor ${name} holds a value that is not finite`, {
    expected: 'finite numbers only',
    got: `${values[bad]} at element ${bad}`,
  });
}

/** A quantum times its scale may leave f32. */
function finite(name: string, read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!isCoreError(error) || error.code !== 'CORE_OVERFLOW') throw error;
    throw protocolError('PROTOCOL_NOT_FINITE', `tensor ${name} holds a value that is not finite`, { cause: error });
  }
}

function wrongTensors(message: string, expected: string, got: string): CoveyError {
  return protocolError('PROTOCOL_WRONG_TENSORS', message, { expected, got });
}

function u32(values: Uint32Array): Tensor {
  return { dtype: 'U32', shape: [values.length], data: bytesOf(values) };
}

function f32(values: Float32Array): Tensor {
  return { dtype: 'F32', shape: [values.length], data: bytesOf(values) };
}

function bytesOf(values: Uint32Array | Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
