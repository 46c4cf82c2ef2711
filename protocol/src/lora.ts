import { loraMatrices, type Core, type LoraMatrix } from '@covey/wasm-core';
import { parameterCount, type Architecture } from './architecture.ts';
import { aligned, f32, finite, requireCount, requireFinite, wrongTensors } from './encoded-tensors.ts';
import { protocolError } from './errors.ts';
import { encodeSafetensors, type Tensor } from './safetensors.ts';
import { eachPlace, lookThrough, type Update } from './update.ts';

/** Of one adapter: what decoding a value takes at most, in multiply-adds. */
export const MAX_LORA_RANK = 64;
/** Adapters of one matrix: queries, keys and values are three. */
const MAX_PARTS = 8;

/** A low-rank change of some rows of a matrix: B A (Hu et al., "LoRA", 2021). Any scale is part of B. */
export interface Adapter {
  /** 0: these rows stay. */
  rank: number;
  /** How many rows of the matrix. */
  rows: number;
  /** f32[rank][inputs]. */
  a: Float32Array;
  /** f32[rows][rank]. */
  b: Float32Array;
}

/** By the stem of the matrix (`loraMatrices`): adapters of rows that stand one behind the other and are all of its rows. */
export type Adapters = ReadonlyMap<string, readonly Adapter[]>;

const pattern = /\.lora_[AB]\.(\d+\.)?weight$/;

/** Whether a file's tensors are adapters. */
export function holdsAdapters(tensors: ReadonlyMap<string, Tensor>): boolean {
  return [...tensors.keys()].some((name) => pattern.test(name));
}

/**
 * The file of adapters. A matrix whose rows share one has `STEM.lora_A.weight` F32 [rank, inputs] and `STEM.lora_B.weight` F32
 * [outputs, rank]; otherwise those are `STEM.lora_A.0.weight`, `STEM.lora_B.0.weight` and so on, [rows, rank], in the order
 * of the rows. Matrices without adapters stay.
 */
export function adaptersToBytes(architecture: Architecture, adapters: Adapters): Uint8Array {
  const matrices = new Map(loraMatrices(architecture.layers).map((matrix) => [matrix.stem, matrix]));
  const tensors = new Map<string, Tensor>();
  for (const [stem, parts] of adapters) {
    const matrix = matrices.get(stem);
    if (!matrix) throw unfit(`no matrix ${stem}`, [...matrices.keys()].join(', '));
    const [outputs = 0, inputs = 0] = matrix.place.shape;
    if (parts.reduce((sum, { rows }) => sum + rows, 0) !== outputs) throw unfit(stem, `${outputs} rows`);
    for (const [i, { rank, rows, a, b }] of parts.entries()) {
      const [nameA, nameB] = namesOf(stem, parts.length === 1 ? undefined : i);
      if (a.length !== rank * inputs || b.length !== rows * rank) throw unfit(stem, `${rank} of ${rows} × ${inputs}`);
      tensors.set(nameA, f32(a, [rank, inputs]));
      tensors.set(nameB, f32(b, [rows, rank]));
    }
  }
  return encodeSafetensors(tensors);
}

function namesOf(stem: string, part?: number): [a: string, b: string] {
  const ending = part === undefined ? 'weight' : `${part}.weight`;
  return [`${stem}.lora_A.${ending}`, `${stem}.lora_B.${ending}`];
}

function unfit(got: string, expected: string) {
  const message = 'the adapters do not fit the architecture';
  return protocolError('PROTOCOL_INVALID_ARGUMENT', message, { expected, got });
}

/** Reads what `adaptersToBytes` writes. Throws PROTOCOL_WRONG_TENSORS or PROTOCOL_NOT_FINITE. */
export function adaptersOf({ layers }: Architecture, tensors: ReadonlyMap<string, Tensor>): Adapters {
  const adapters = new Map<string, Adapter[]>();
  let read = 0;
  for (const matrix of loraMatrices(layers)) {
    const parts = partsOf(matrix, tensors);
    if (parts.length === 0) continue;
    adapters.set(matrix.stem, parts);
    read += 2 * parts.length;
  }
  requireCount(tensors, read);
  return adapters;
}

function partsOf({ stem, place }: LoraMatrix, tensors: ReadonlyMap<string, Tensor>): Adapter[] {
  const [outputs = 0, inputs = 0] = place.shape;
  const one = namesOf(stem);
  if (tensors.has(one[0])) {
    const part = partOf(tensors, one, inputs);
    if (part.rank === 0 || part.rows !== outputs) throw wrongRows(stem, outputs, [part]);
    return [part];
  }
  const parts: Adapter[] = [];
  while (parts.length < MAX_PARTS && tensors.has(namesOf(stem, parts.length)[0])) {
    parts.push(partOf(tensors, namesOf(stem, parts.length), inputs));
  }
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  if (parts.length === 1 || (parts.length > 0 && rows !== outputs)) throw wrongRows(stem, outputs, parts);
  return parts;
}

function wrongRows(stem: string, outputs: number, parts: readonly Adapter[]) {
  const got = parts.map(({ rank, rows }) => `rank ${rank} of ${rows} rows`).join(', ');
  return wrongTensors(
    `the adapters of ${stem} are not of its rows`,
    `one of ${outputs} rows, or several together`,
    got,
  );
}

function partOf(tensors: ReadonlyMap<string, Tensor>, [nameA, nameB]: [string, string], inputs: number): Adapter {
  const [a, b] = [tensors.get(nameA), tensors.get(nameB)];
  const [rank = -1, width] = a?.shape ?? [];
  const [rows = 0, inner] = b?.shape ?? [];
  const isSound = [a, b].every((tensor) => tensor?.dtype === 'F32' && tensor.shape.length === 2);
  if (!a || !b || !isSound || rank > MAX_LORA_RANK || width !== inputs || inner !== rank || rows < 1) {
    const got = [a, b].map((tensor) => (tensor ? `${tensor.dtype} [${tensor.shape.join(', ')}]` : 'none')).join(', ');
    const expected = `F32 [rank, ${inputs}] and F32 [rows, rank], a rank of at most ${MAX_LORA_RANK}`;
    throw wrongTensors(`${nameA} and ${nameB} are no adapter`, expected, got);
  }
  const part = { rank, rows, a: new Float32Array(aligned(a.data)), b: new Float32Array(aligned(b.data)) };
  requireFinite(nameA, part.a);
  requireFinite(nameB, part.b);
  return part;
}

/** The update that adapters are, decoded by the core where it is read. */
export function openAdapters(core: Core, architecture: Architecture, tensors: ReadonlyMap<string, Tensor>): Update {
  const adapters = adaptersOf(architecture, tensors);
  const places = loraMatrices(architecture.layers).flatMap(({ stem, place }) => {
    const parts = adapters.get(stem);
    return parts ? [{ ...place, stem, parts }] : [];
  });
  const update: Update = {
    length: parameterCount(architecture),
    read: (from, to, into) => {
      into.fill(0);
      eachPlace(places, { from, to, into }, ({ parts, shape }, start, end, values) =>
        multiply(core, parts, shape[1]!, { from: start, to: end, into: values }),
      );
    },
  };
  // Looked through once, for what leaves f32.
  finite('of adapters', () => lookThrough(update, () => undefined));
  return update;
}

/** Values of one product, four rows of the widest matrix: keeps what the core holds of it small. */
const MOST = 262_144;

/** Writes the values [from, to) of a matrix: whole rows at once, and parts of one by themselves. */
function multiply(
  core: Core,
  parts: readonly Adapter[],
  inputs: number,
  { from, to, into }: { from: number; to: number; into: Float32Array },
): void {
  let end = 0;
  for (const part of parts) {
    const start = end;
    end += part.rows * inputs;
    if (part.rank === 0) continue;
    for (let at = Math.max(from, start); at < Math.min(to, end);) {
      const column = (at - start) % inputs;
      const row = (at - start - column) / inputs;
      const left = Math.min(to, end) - at;
      const isWhole = column === 0 && left >= inputs;
      const rows = isWhole ? Math.floor(Math.min(left, MOST) / inputs) : 1;
      const columns = isWhole ? inputs : Math.min(left, inputs - column);
      const product = core.codec.lowRank({
        a: isWhole ? part.a : columnsOf(part, inputs, column, columns),
        b: part.b.subarray(row * part.rank, (row + rows) * part.rank),
        rank: part.rank,
      });
      into.set(product, at - from);
      at += product.length;
    }
  }
}

function columnsOf({ a, rank }: Adapter, inputs: number, first: number, count: number): Float32Array {
  const some = new Float32Array(rank * count);
  for (let r = 0; r < rank; r++) {
    some.set(a.subarray(r * inputs + first, r * inputs + first + count), r * count);
  }
  return some;
}
