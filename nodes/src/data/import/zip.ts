import { MAX_ARRAY_BYTES, badArray } from './elements.ts';
import { inflate } from './inflate.ts';
import { nodeError } from '../../errors.ts';

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
/** Of the end record with the longest comment. */
const MAX_END = 22 + 65_535;
const MAX_ENTRIES = 1024;

interface Entry {
  name: string;
  method: number;
  crc: number;
  packed: number;
  size: number;
  at: number;
}

/**
 * Files of a zip archive as numpy and others write it (PKWARE APPNOTE): stored or deflated, by its central directory. Without
 * encryption and zip64, which only files beyond what a node holds need. Each file's size and CRC-32 are checked.
 */
export async function readZip(bytes: Uint8Array): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  let left = MAX_ARRAY_BYTES;
  for (const entry of directoryOf(bytes)) {
    const data = await unpack(bytes, entry, left);
    left -= data.length;
    if (files.has(entry.name)) throw badArray(`The archive has ${JSON.stringify(entry.name)} twice.`);
    files.set(entry.name, data);
  }
  return files;
}

function directoryOf(bytes: Uint8Array): Entry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= Math.max(0, bytes.length - MAX_END) && view.getUint32(end, true) !== END) end--;
  if (end < Math.max(0, bytes.length - MAX_END)) throw notZip('no end of a directory');
  const count = view.getUint16(end + 10, true);
  if (count > MAX_ENTRIES)
    throw badArray('The archive has too many files.', { expected: `at most ${MAX_ENTRIES}`, got: `${count}` });
  let at = view.getUint32(end + 16, true);
  return Array.from({ length: count }, () => {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== ENTRY) throw notZip('a directory that is cut');
    const nameLength = view.getUint16(at + 28, true);
    const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > bytes.length) throw notZip('a directory that is cut');
    if (view.getUint16(at + 8, true) & 1) throw badArray('The archive is encrypted.', { expected: 'an open one' });
    const entry = {
      name: new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength)),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      at: view.getUint32(at + 42, true),
    };
    at = next;
    return entry;
  });
}

async function unpack(bytes: Uint8Array, entry: Entry, left: number): Promise<Uint8Array> {
  const name = JSON.stringify(entry.name.slice(0, 80));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (entry.at + 30 > bytes.length || view.getUint32(entry.at, true) !== LOCAL)
    throw notZip(`${name} where there is none`);
  const start = entry.at + 30 + view.getUint16(entry.at + 26, true) + view.getUint16(entry.at + 28, true);
  if (start + entry.packed > bytes.length) throw notZip(`${name} beyond its end`);
  if (entry.size > left)
    throw nodeError('DATA_TOO_LARGE', `${name} is too large.`, {
      expected: `at most ${MAX_ARRAY_BYTES / 2 ** 20} MiB in the whole archive`,
    });
  const packed = bytes.subarray(start, start + entry.packed);
  if (entry.method !== 0 && entry.method !== 8)
    throw badArray(`${name} is compressed in another way.`, {
      expected: 'stored (0) or deflated (8)',
      got: `${entry.method}`,
    });
  const data = entry.method === 0 ? packed : await inflate(name, packed, 'deflate-raw', Math.min(entry.size, left));
  if (data.length !== entry.size || crc32(data) !== entry.crc)
    throw badArray(`${name} is not what the archive says.`, {
      expected: `${entry.size} bytes with their CRC-32`,
      hint: 'Write it again.',
    });
  return data;
}

const notZip = (got: string) =>
  badArray('The file is no zip archive.', { expected: 'an npz file as numpy.savez writes it', got });

/** Polynomial 0xEDB88320, by bytes. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = table[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
