import type { Core } from '@covey/wasm-core';
import { modelToBytes, openModel, tensorPlaces } from './architecture.ts';
import type { Architecture } from './architecture.ts';
import { aligned, f32, finite, requireCount, requireFinite, take, u32, wrongTensors } from './encoded-tensors.ts';
import { holdsAdapters, openAdapters } from './lora.ts';
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
 * - `lora`: low-rank adapters of matrices (`openAdapters`); all other values are 0.
 */
export const encodings = ['f32', 'int8', 'top-k', 'lora'] as const;
export type Encoding = (typeof encodings)[number];

/** What a federated task takes that does not say: decoding adapters takes longer (`handlingCost`). */
export const usualEncodings = ['f32', 'int8', 'top-k'] as const satisfies readonly Encoding[];

/** What any update can be sent as; one of adapters is made as such (`adaptersToBytes`). `ratio` of a top-k update is the share of values that it keeps. */
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
  const allowed: readonly Encoding[] = options.encodings ?? usualEncodings;
  if (!allowed.includes(encoding)) {
    throw wrongTensors('the task does not allow this encoding', allowed.join(' or '), encoding);
  }
  if (encoding === 'f32') return openModel(architecture, bytes, options);
  if (encoding === 'lora') return openAdapters(core, architecture, tensors);
  return encoding === 'int8' ? openInt8(core, architecture, tensors) : openTopK(architecture, tensors);
}

/** Encodings of an arena, whose submissions are models: adapters are those of the task's initial model. */
export const arenaEncodings = ['f32', 'lora'] as const satisfies readonly Encoding[];

export interface Entry {
  /** The whole model. */
  model: Update;
  /** Whether the file is that model, as a next round can start from. */
  isModel: boolean;
}

/**
 * Reads an arena's submission: a model, or, where the task allows `lora`, adapters of its initial model, which are added to
 * it value by value. Throws as `updateFromBytes` does.
 */
export function openEntry(
  core: Core,
  architecture: Architecture,
  bytes: Uint8Array,
  options: ParseOptions & { encodings?: readonly Encoding[] | undefined; initial: Float32Array },
): Entry {
  const { encodings: allowed = ['f32'], initial, maxBytes } = options;
  const update = openUpdate(core, architecture, bytes, { maxBytes, encodings: allowed });
  if (encodingOf(parseSafetensors(bytes, options)) === 'f32') return { model: update, isModel: true };
  const model: Update = {
    length: update.length,
    read: (from, to, into) => {
      update.read(from, to, into);
      into.set(core.add(initial.subarray(from, to), into));
    },
  };
  finite('of adapters and model', () => lookThrough(model, () => undefined));
  return { model, isModel: false };
}

function encodingOf(tensors: ReadonlyMap<string, Tensor>): Encoding {
  if (tensors.has('indices')) return 'top-k';
  if (holdsAdapters(tensors)) return 'lora';
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
    finite(name, () =>
      lookThrough({ length, read: (from, to, into) => dequantise(core, part, from, to, into) }, () => undefined),
    );
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
