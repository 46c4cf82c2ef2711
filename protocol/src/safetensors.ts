import type { CoveyError } from '@covey/errors';
import { protocolError } from './errors.ts';
import { MAX_DIMENSIONS, MAX_HEADER_BYTES, parseHeader } from './safetensors-header.ts';
import type { HeaderEntry } from './safetensors-header.ts';

/**
 * Element types in the order in which the reference implementation sorts them (largest alignment first), with their
 * size in bytes. Sorting by it and then by name aligns every tensor without padding.
 */
export const dtypeSizes = {
  U64: 8,
  I64: 8,
  F64: 8,
  F32: 4,
  U32: 4,
  I32: 4,
  BF16: 2,
  F16: 2,
  U16: 2,
  I16: 2,
  I8: 1,
  U8: 1,
} as const;

export type Dtype = keyof typeof dtypeSizes;

const dtypeOrder = Object.keys(dtypeSizes) as Dtype[];

export interface Tensor {
  dtype: Dtype;
  shape: readonly number[];
  /** Little-endian elements, row-major. */
  data: Uint8Array;
}

export interface ParseOptions {
  maxBytes: number;
}

const LENGTH_BYTES = 8;

/**
 * One content has exactly one encoding here, and it is what the reference implementation writes without metadata:
 *
 *     8 bytes  header length, little-endian
 *     header   {"name":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},…} without white space, tensors sorted by
 *              dtype (order of `dtypeSizes`), then by name; padded with spaces to a multiple of 8
 *     data     the tensors in the same order, without gaps, to the end of the file
 *
 * Names are 1 to 256 printable ASCII characters without `"` and `\`, so that no name needs escaping.
 */
export function encodeSafetensors(tensors: ReadonlyMap<string, Tensor> | Record<string, Tensor>): Uint8Array {
  const entries = tensors instanceof Map ? [...tensors] : Object.entries(tensors as Record<string, Tensor>);
  for (const [name, tensor] of entries) checkTensor(name, tensor);
  entries.sort(([nameA, a], [nameB, b]) =>
    compareEntries({ name: nameA, dtype: a.dtype }, { name: nameB, dtype: b.dtype }),
  );

  let offset = 0;
  const described = entries.map(([name, tensor]) => {
    const entry = { name, dtype: tensor.dtype, shape: tensor.shape, begin: offset, end: offset + tensor.data.length };
    offset = entry.end;
    return entry;
  });
  const header = encodeHeader(described);
  const bytes = new Uint8Array(LENGTH_BYTES + header.length + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, LENGTH_BYTES);
  let position = LENGTH_BYTES + header.length;
  for (const [, tensor] of entries) {
    bytes.set(tensor.data, position);
    position += tensor.data.length;
  }
  return bytes;
}

/** Reads a file that must be exactly what `encodeSafetensors` writes. Tensors are views of `bytes`, in file order. */
export function parseSafetensors(bytes: Uint8Array, options: ParseOptions): Map<string, Tensor> {
  if (bytes.length > options.maxBytes) {
    throw protocolError('PROTOCOL_TOO_LARGE', 'the safetensors file is too large', {
      expected: `at most ${options.maxBytes} bytes`,
      got: `${bytes.length} bytes`,
    });
  }
  if (bytes.length < LENGTH_BYTES)
    throw refused('the file is shorter than its length field', '8 bytes or more', `${bytes.length} bytes`);
  const declared = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  const available = bytes.length - LENGTH_BYTES;
  if (declared > BigInt(Math.min(MAX_HEADER_BYTES, available))) {
    throw refused(
      'the header is longer than allowed or than the file',
      `at most ${Math.min(MAX_HEADER_BYTES, available)} bytes`,
      `${declared} bytes`,
    );
  }
  const headerLength = Number(declared);
  if (headerLength % 8 !== 0)
    throw refused('the header is not padded', 'a multiple of 8 bytes', `${headerLength} bytes`);

  const header = bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + headerLength);
  const entries = parseHeader(header);
  const end = checkEntries(entries);
  if (end !== available - headerLength) {
    throw refused(
      'the tensors do not fill the file exactly',
      `${end} bytes of data`,
      `${available - headerLength} bytes`,
    );
  }
  const data = bytes.subarray(LENGTH_BYTES + headerLength);
  return new Map(
    entries.map((entry) => [
      entry.name,
      { dtype: entry.dtype as Dtype, shape: entry.shape, data: data.subarray(entry.begin, entry.end) },
    ]),
  );
}

/** Checks order, types and offsets of parsed entries; returns where the data ends. */
function checkEntries(entries: readonly HeaderEntry[]): number {
  let offset = 0;
  let previous: HeaderEntry | undefined;
  // The order is by dtype first, so a name could come again under another.
  const names = new Set<string>();
  for (const entry of entries) {
    if (names.has(entry.name)) throw refused(`tensor ${entry.name} stands twice`, 'each name once');
    names.add(entry.name);
    if (!isDtype(entry.dtype))
      throw refused(`tensor ${entry.name} has an unknown dtype`, dtypeOrder.join(', '), entry.dtype);
    if (
      previous &&
      compareEntries(previous as { name: string; dtype: Dtype }, { name: entry.name, dtype: entry.dtype }) >= 0
    ) {
      throw refused(
        `tensor ${entry.name} stands after ${previous.name}`,
        'tensors sorted by dtype and name, each once',
      );
    }
    const size = byteLength(entry.dtype, entry.shape);
    if (size === undefined || entry.begin !== offset || entry.end - entry.begin !== size) {
      throw refused(
        `tensor ${entry.name} has offsets that do not follow from its shape`,
        size === undefined ? 'a size below 2^53 bytes' : `[${offset},${offset + size}]`,
        `[${entry.begin},${entry.end}]`,
      );
    }
    offset = entry.end;
    previous = entry;
  }
  return offset;
}

/** Bytes of a tensor, or undefined where they are beyond exact integers. */
export function byteLength(dtype: Dtype, shape: readonly number[]): number | undefined {
  let size: number = dtypeSizes[dtype];
  if (shape.includes(0)) return 0;
  for (const dimension of shape) {
    size *= dimension;
    if (!Number.isSafeInteger(size)) return undefined;
  }
  return size;
}

export function isDtype(text: string): text is Dtype {
  return Object.hasOwn(dtypeSizes, text);
}

interface Sortable {
  name: string;
  dtype: Dtype;
}

// Names are ASCII, so that comparing strings compares bytes.
function compareEntries(a: Sortable, b: Sortable): number {
  const byType = dtypeOrder.indexOf(a.dtype) - dtypeOrder.indexOf(b.dtype);
  return byType !== 0 ? byType : a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function encodeHeader(entries: readonly HeaderEntry[]): Uint8Array {
  const json = entries
    .map(
      (e) => `"${e.name}":{"dtype":"${e.dtype}","shape":[${e.shape.join(',')}],"data_offsets":[${e.begin},${e.end}]}`,
    )
    .join(',');
  const text = `{${json}}`;
  return new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 8) * 8, ' '));
}

function checkTensor(name: string, tensor: Tensor): void {
  const problem = (what: string, expected: string, got: string) =>
    protocolError('PROTOCOL_INVALID_ARGUMENT', `tensor ${JSON.stringify(name)} ${what}`, { expected, got });
  if (!/^[ !#-[\]-~]{1,256}$/.test(name))
    throw problem('has a name that cannot be written', '1 to 256 printable ASCII characters without " and \\', name);
  if (name === '__metadata__') throw problem('has a reserved name', 'another name', name);
  if (!isDtype(tensor.dtype)) throw problem('has an unknown dtype', dtypeOrder.join(', '), String(tensor.dtype));
  if (tensor.shape.length > MAX_DIMENSIONS || !tensor.shape.every((d) => Number.isSafeInteger(d) && d >= 0)) {
    throw problem(
      'has an impossible shape',
      `at most ${MAX_DIMENSIONS} non-negative integers`,
      `[${tensor.shape.join(',')}]`,
    );
  }
  const size = byteLength(tensor.dtype, tensor.shape);
  if (size !== tensor.data.length)
    throw problem('has data of another size than its shape', `${size} bytes`, `${tensor.data.length} bytes`);
}

function refused(message: string, expected?: string, got?: string): CoveyError {
  return protocolError('PROTOCOL_NOT_SAFETENSORS', message, { expected, got });
}
