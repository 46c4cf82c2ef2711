import { protocolError } from './errors.ts';
import { byteLength, dtypeSizes, isDtype, type ParseOptions } from './safetensors.ts';

/** A tensor as another tool wrote it. */
export interface ForeignTensor {
  /** As the file calls it; not only those that Covey writes. */
  dtype: string;
  shape: readonly number[];
  /** Little-endian elements, row-major; at any alignment. */
  data: Uint8Array;
}

const LENGTH_BYTES = 8;
/** Far more than the names of any network; other tools allow 100 MB. */
const MAX_FOREIGN_HEADER_BYTES = 16 * 1024 * 1024;

/** Characters of a tensor's name: layers of layers of the deepest network are far below. */
const MAX_NAME = 1024;

/**
 * Reads a safetensors file that any tool may have written: tensors in any order, `__metadata__`, padding, names of any
 * characters. What goes to the chain is read by `parseSafetensors`, which takes one spelling only.
 */
export function readForeignSafetensors(bytes: Uint8Array, { maxBytes }: ParseOptions): Map<string, ForeignTensor> {
  if (bytes.length > maxBytes) {
    const [expected, got] = [`at most ${maxBytes} bytes`, `${bytes.length} bytes`];
    throw protocolError('PROTOCOL_TOO_LARGE', 'the safetensors file is too large', { expected, got });
  }
  const headerBytes = headerLength(bytes);
  const data = bytes.subarray(LENGTH_BYTES + headerBytes);
  const entries = Object.entries(parsedHeader(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + headerBytes)));
  return new Map(
    entries.flatMap(([name, entry]) => (name === '__metadata__' ? [] : [[name, readTensor(name, entry, data)]])),
  );
}

/** A file that other tools read: f32 in the order given, and metadata, by which some know who wrote it. */
export function writeForeignSafetensors(
  tensors: ReadonlyMap<string, { shape: readonly number[]; values: Float32Array }>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  let end = 0;
  const entries = [...tensors].map(([name, { shape, values }]) => {
    const begin = end;
    end += values.length * 4;
    return [name, { dtype: 'F32', shape, data_offsets: [begin, end] }] as const;
  });
  const text = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) });
  const header = new TextEncoder().encode(text);
  const headerBytes = Math.ceil(header.length / 8) * 8;
  const file = new Uint8Array(LENGTH_BYTES + headerBytes + end).fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.set(header, LENGTH_BYTES);
  for (const [name, { data_offsets: offsets }] of entries) {
    const { buffer, byteOffset, byteLength } = tensors.get(name)!.values;
    file.set(new Uint8Array(buffer, byteOffset, byteLength), LENGTH_BYTES + headerBytes + offsets[0]!);
  }
  return file;
}

/** First bytes of a file that are enough to count its tensors. */
export const FOREIGN_HEAD_BYTES = LENGTH_BYTES + MAX_FOREIGN_HEADER_BYTES;

/** How many tensors a safetensors file of any tool has, by its first bytes: for files that nobody holds whole. */
export function countForeignTensors(head: Uint8Array, fileBytes: number): number {
  const headerBytes = headerLength(head, fileBytes);
  const header = parsedHeader(head.subarray(LENGTH_BYTES, LENGTH_BYTES + headerBytes));
  return Object.keys(header).filter((name) => name !== '__metadata__').length;
}

function headerLength(bytes: Uint8Array, fileBytes = bytes.length): number {
  const [first, second] = bytes;
  // A zip: what torch.save and numpy.savez write.
  if (first === 0x50 && second === 0x4b) throw unreadable('it is a zip', 'Save it with safetensors.torch.save_file.');
  if (bytes.length < LENGTH_BYTES) throw unreadable(`it has ${bytes.length} bytes`);
  const declared = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  const most = Math.min(MAX_FOREIGN_HEADER_BYTES, fileBytes - LENGTH_BYTES);
  if (declared > BigInt(most)) throw unreadable(`its header would have ${declared} bytes of ${most}`);
  return Number(declared);
}

function parsedHeader(header: Uint8Array): object {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(header));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch {
    // Said below.
  }
  throw unreadable('its header is no JSON object');
}

function readTensor(name: string, entry: unknown, data: Uint8Array): ForeignTensor {
  // It stands in errors and reports.
  if (name.length > MAX_NAME) throw unreadable(`a tensor has a name of ${name.length} characters`);
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  if (typeof dtype !== 'string' || !isSizes(shape) || !isSizes(offsets) || offsets.length !== 2) {
    throw unreadable(`tensor ${name} has no dtype, shape and offsets`);
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > data.length) throw unreadable(`tensor ${name} lies outside of the file`);
  if (isDtype(dtype) && byteLength(dtype, shape) !== end - begin) {
    throw unreadable(`tensor ${name} has ${end - begin} bytes for ${dtype} [${shape.join(', ')}]`);
  }
  return { dtype, shape, data: data.subarray(begin, end) };
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((one) => Number.isSafeInteger(one) && one >= 0);
}

function unreadable(got: string, hint?: string) {
  const expected = `a safetensors file of tensors such as ${Object.keys(dtypeSizes).slice(2, 4).join(' or ')}`;
  return protocolError('PROTOCOL_NOT_SAFETENSORS', 'the file cannot be read as safetensors', { expected, got, hint });
}
