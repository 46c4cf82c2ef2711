import { copyFinite, INFINITY_BITS, notFinite } from './arguments.ts';
import type { Arena } from './arena.ts';
import { readArithmetic, type Widths } from './arithmetic.ts';
import type { CoreExports, Pointer } from './exports.ts';
import type { CoreInstance } from './instantiate.ts';
import { EMBED } from './layers/embedding.ts';
import { DENSE } from './layers/matrix.ts';
import { panels, type Network, type Operation } from './network-parts.ts';
import { flags } from './program.ts';
import {
  adapterBytes,
  adapterScratch,
  placeAdapter,
  readAdapters,
  requireIntegers,
  type Adapters,
} from './integer-adapters.ts';
import type { Lora } from './types.ts';

const DENSE_INT = 64;
const EMBED_INT = 65;

/** A matrix in integers, packed as `assembly/score/packed.ts` says. */
interface PackedPart {
  kind: 'packed';
  /** Indices in the flat parameters. */
  from: number;
  bias: number | undefined;
  outputs: number;
  inputs: number;
}

/** Tensors that stay f32, next to each other. */
interface PlainPart {
  kind: 'plain';
  from: number;
  length: number;
}

/** `at`: f32 from the start of what is held. */
type Part = (PackedPart | PlainPart) & { at: number };

/** A network whose learned matrices are integers: operations of their own, and where its parameters stand in memory. */
export interface IntegerNetwork {
  /** As plans read it. */
  network: Network;
  widths: Widths;
  parts: Part[];
  adapters: Adapters | undefined;
  /** Of the parameters in memory. */
  bytes: number;
}

/** Reads parameters [from, to) into `into`, in whatever order they are asked for. */
type ReadParameters = (from: number, to: number, into: Float32Array) => void;

/** The network in this arithmetic, which may be anything; undefined for f32. Throws CORE_BAD_ARGUMENT. */
export function integersOf(network: Network, arithmetic: unknown, lora?: Lora): IntegerNetwork | undefined {
  const widths = readArithmetic(arithmetic);
  if (widths) return integerNetwork(network, widths, readAdapters(network, lora));
  requireIntegers(lora);
  return undefined;
}

/** Matrices of dense layers and of attention's projections, and the embedding's table; all else stays f32. */
function integerNetwork(network: Network, widths: Widths, adapters: Adapters | undefined): IntegerNetwork {
  const matrices = new Map(network.operations.flatMap((operation) => matrixOf(operation) ?? []));
  const parts: Part[] = [];
  /** Where what began there in the flat parameters stands now, in f32. */
  const places = new Map<number, number>();
  let at = 0;
  let skipped = -1;
  for (const { offset, length } of network.tensors) {
    if (offset === skipped) continue;
    const matrix = matrices.get(offset);
    const last = parts.at(-1);
    places.set(offset, at);
    if (matrix) {
      parts.push({ kind: 'packed', from: offset, at, ...matrix });
      at += packedBytes(matrix.inputs, matrix.outputs, widths) / 4;
      if (adapters?.places.has(offset)) at += adapterBytes(matrix.inputs, matrix.outputs, adapters.rank) / 4;
      skipped = matrix.bias ?? -1;
    } else {
      if (last?.kind === 'plain') last.length += length;
      else parts.push({ kind: 'plain', from: offset, length, at });
      at += length;
    }
  }
  const operations = network.operations.map((operation) => {
    const parameters = operation.learns ? places.get(operation.parameters)! : 0;
    const adapted = adapters?.places.has(operation.parameters) ? adapters : undefined;
    return inIntegers({ ...operation, parameters }, widths, adapted);
  });
  const work = network.operations.reduce((sum, operation) => sum - savedWork(operation), network.work);
  return { network: { ...network, operations, work }, widths, parts, adapters, bytes: at * 4 };
}

/** Parameters of an integer network in the core's memory, read and quantised a few rows at a time. Throws CORE_NOT_FINITE. */
function placeIntegers(core: CoreInstance, integer: IntegerNetwork, read: ReadParameters): Pointer {
  const { arena, exports } = core;
  const start = arena.allocate(integer.bytes);
  for (const part of integer.parts) {
    const at = start + part.at * 4;
    if (part.kind === 'packed') arena.scope(() => pack(core, integer, part, read, at));
    else readFinite(arena, exports, read, part.from, part.length, at);
  }
  return start;
}

/** f32 that are read at a time, where eight rows are not more. */
const CHUNK = 2 ** 18;

function pack(
  core: CoreInstance,
  { widths, adapters }: IntegerNetwork,
  part: PackedPart,
  read: ReadParameters,
  at: Pointer,
): void {
  const { arena, exports } = core;
  const { from, bias, outputs, inputs } = part;
  const { bits, group } = widths;
  const panel = panelBytes(inputs, widths);
  const rows = Math.min(panels(outputs), Math.max(8, Math.floor(CHUNK / inputs / 8) * 8));
  const values = arena.allocate(rows * inputs * 4);
  const quanta = arena.allocate(2 * padded(inputs));
  const biases = bias === undefined ? 0 : arena.allocate(outputs * 4);
  if (bias !== undefined) readFinite(arena, exports, read, bias, outputs, biases);
  for (let first = 0; first < outputs; first += rows) {
    const some = Math.min(rows, outputs - first);
    readFinite(arena, exports, read, from + first * inputs, some * inputs, values);
    for (let row = 0; row < some; row += 8) {
      const own = biases && biases + (first + row) * 4;
      const to = at + ((first + row) / 8) * panel;
      exports.packPanelSimd(values + row * inputs * 4, Math.min(8, some - row), own, inputs, group, bits, to, quanta);
    }
  }
  const place = adapters?.places.get(from);
  if (adapters && place)
    placeAdapter(core, adapters, place, inputs, outputs, at + packedBytes(inputs, outputs, widths));
}

/** Floored, and looked at after they were copied, as `copyFinite` does. */
function readFinite(
  arena: Arena,
  exports: CoreExports,
  read: ReadParameters,
  from: number,
  length: number,
  at: Pointer,
): void {
  const values = arena.f32(at, length);
  read(from, from + length, values);
  if (exports.floorSimd(at, length) >>> 0 >= INFINITY_BITS) throw notFinite('parameters', values, from);
}

/** Parameters as a program reads them, in f32 or in integers. */
export function placeParameters(
  core: CoreInstance,
  integer: IntegerNetwork | undefined,
  parameters: Float32Array,
): Pointer {
  if (!integer) return copyFinite(core.arena, core.exports, 'parameters', parameters);
  return placeIntegers(core, integer, (from, to, into) => into.set(parameters.subarray(from, to)));
}

type Matrix = Pick<PackedPart, 'bias' | 'outputs' | 'inputs'>;

function matrixOf({ code, parameters, dimensions, flags: marks }: Operation): [number, Matrix][] | undefined {
  if (code === EMBED) {
    const [, , outputs, inputs] = dimensions as [number, number, number, number];
    return [[parameters, { inputs, outputs, bias: undefined }]];
  }
  if (code !== DENSE) return undefined;
  const [, inputs, outputs] = dimensions as [number, number, number];
  return [[parameters, { inputs, outputs, bias: marks & flags.bias ? parameters + inputs * outputs : undefined }]];
}

function inIntegers(operation: Operation, { bits, group }: Widths, adapters: Adapters | undefined): Operation {
  const { code, dimensions } = operation;
  if (code === EMBED) return { ...operation, code: EMBED_INT, dimensions: [...dimensions, group, bits] };
  if (code !== DENSE) return operation;
  const [rows, inputs, outputs] = dimensions as [number, number, number];
  const { rank = 0, scale = 0 } = adapters ?? {};
  const scratch = (samples: number): number => {
    const block = blockRows(rows * samples, padded(inputs));
    const rest = Math.max(16 * padded(inputs) + TILE, rank && adapterScratch(outputs, rank));
    return block * (2 * padded(inputs) + 4) + rest;
  };
  return { ...operation, code: DENSE_INT, dimensions: [...dimensions, group, bits, rank, scale], scratch };
}

const TILE = 128;
const BLOCK = 262_144;

/** As `assembly/score/dense-int.ts` has it. */
function blockRows(rows: number, inputs: number): number {
  return Math.max(4, Math.min(Math.ceil(rows / 4) * 4, Math.floor(BLOCK / (2 * inputs) / 4) * 4));
}

const padded = (inputs: number): number => Math.ceil(inputs / 4) * 4;

function panelBytes(inputs: number, { bits, group }: Widths): number {
  return 32 * (1 + Math.ceil(inputs / group)) + padded(inputs) * bits;
}

function packedBytes(inputs: number, outputs: number, widths: Widths): number {
  return (panels(outputs) / 8) * panelBytes(inputs, widths);
}

/** A product counts half of what it does in f32, and what is quantised one a value (bench/work.ts). */
function savedWork({ code, dimensions }: Operation): number {
  if (code !== DENSE) return 0;
  const [rows, inputs, outputs] = dimensions as [number, number, number];
  return Math.max(0, rows * (Math.floor((inputs * panels(outputs)) / 2) - padded(inputs)));
}
