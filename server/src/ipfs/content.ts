import type { CoveyError } from '@covey/errors';
import { exporter } from 'ipfs-unixfs-exporter';
import type { UnixFSEntry, UnixFSFile } from 'ipfs-unixfs-exporter';
import type { CID } from 'multiformats/cid';
import { isServerError, serverError } from '../errors.ts';
import type { DurableBlockstore } from './durable-blockstore.ts';

const MiB = 1024 * 1024;
const CODEC_RAW = 0x55;
const CODEC_DAG_PB = 0x70;
/** Two links a node and blocks of 1 KiB make a file of a terabyte 30 nodes deep. */
const MAX_DEPTH = 64;
/** Blocks that one request may cost beyond the bytes it asks for: the nodes above them, shards of a directory. */
const MAX_OVERHEAD_BYTES = 16 * MiB;
/** No sound file takes more bytes of blocks for a byte of content. */
const MAX_BLOCK_BYTES_A_BYTE = 8;
const MAX_LISTED = 10_000;
const MAX_LISTED_BLOCKS = 4000;

/** The blocks as one request sees them: blocks can link to one another in ways that cost far more than they hold. */
export class BoundedReads {
  readonly #blocks: DurableBlockstore;
  #bytes: number;
  #count: number;

  constructor(blocks: DurableBlockstore, maxBytes = MAX_OVERHEAD_BYTES, maxCount = Number.POSITIVE_INFINITY) {
    this.#blocks = blocks;
    this.#bytes = maxBytes;
    this.#count = maxCount;
  }

  async getBytes(cid: CID): Promise<Uint8Array> {
    if (this.#bytes <= 0 || this.#count <= 0) {
      throw serverError('SERVER_TOO_LARGE', 'reading this takes too many blocks', {
        got: `more when block ${cid} was due`,
        hint: 'get the blocks one by one',
      });
    }
    const bytes = await this.#blocks.getBytes(cid);
    this.#bytes -= bytes.length;
    this.#count -= 1;
    return bytes;
  }

  async *get(cid: CID): AsyncGenerator<Uint8Array> {
    yield await this.getBytes(cid);
  }
}

/** Bytes of content of what has any: files, raw and document blocks. Costs no read. */
export function sizeOf(entry: UnixFSEntry): number {
  if (entry.type === 'directory') {
    throw serverError('IPFS_NOT_A_FILE', `${entry.path} is a directory`, { hint: 'name a file in it' });
  }
  if (entry.type !== 'file') return entry.node.length;
  if (entry.unixfs.type !== 'file' && entry.unixfs.type !== 'raw') {
    throw serverError('IPFS_NOT_A_FILE', `${entry.path} is a ${entry.unixfs.type}`, { hint: 'name a file' });
  }
  if (entry.size > BigInt(Number.MAX_SAFE_INTEGER)) throw inconsistent(entry, 'a size below 2^53', entry.size);
  return Number(entry.size);
}

/**
 * Bytes of what `resolve` found. The exporter's own `content()` fetches all children of a node at once, however slowly
 * they are taken; here a block is read when its bytes are due, and every node is held to the size that its parent names.
 * Errors in the middle of a stream keep their codes.
 */
export async function* contentOf(
  blocks: DurableBlockstore,
  entry: UnixFSEntry,
  range: { offset?: number; length?: number } = {},
): AsyncGenerator<Uint8Array> {
  const size = sizeOf(entry);
  const start = Math.min(range.offset ?? 0, size);
  const end = Math.min(start + (range.length ?? size), size);
  if (entry.type === 'file') {
    const maxBytes = MAX_OVERHEAD_BYTES + MAX_BLOCK_BYTES_A_BYTE * (end - start);
    yield* walk(entry, start, end, new BoundedReads(blocks, maxBytes), 0);
  } else if (entry.type !== 'directory') {
    // Of a document the exporter gives the decoded value too, but what a reader wants are the exact bytes.
    yield entry.node.subarray(start, end);
  }
}

async function* walk(
  file: UnixFSFile,
  start: number,
  end: number,
  store: BoundedReads,
  depth: number,
): AsyncGenerator<Uint8Array> {
  const { data, blockSizes } = file.unixfs;
  const links = file.node.Links;
  if (depth > MAX_DEPTH) throw inconsistent(file, `at most ${MAX_DEPTH} levels of nodes`, 'more');
  if (links.length !== blockSizes.length)
    throw inconsistent(file, `${links.length} sizes of blocks`, blockSizes.length);
  let position = data?.length ?? 0;
  if (data !== undefined && start < position && end > 0) yield data.subarray(start, end);
  for (const [i, link] of links.entries()) {
    const from = position;
    const size = Number(blockSizes[i]);
    position += size;
    if (from >= end) return;
    if (size === 0 || position <= start) continue;
    const range = [Math.max(start - from, 0), Math.min(end - from, size)] as const;
    if (link.Hash.code === CODEC_RAW) {
      const bytes = await store.getBytes(link.Hash);
      if (bytes.length !== size) throw inconsistent(file, `a block of ${size} bytes`, bytes.length);
      yield bytes.subarray(...range);
      continue;
    }
    if (link.Hash.code !== CODEC_DAG_PB) throw inconsistent(file, 'raw or dag-pb blocks', link.Hash.toString());
    const child = await load(file, link.Hash, store);
    if (sizeOf(child) !== size) throw inconsistent(file, `a node of ${size} bytes`, child.size);
    yield* walk(child, ...range, store, depth + 1);
  }
}

async function load(parent: UnixFSFile, cid: CID, store: BoundedReads): Promise<UnixFSFile> {
  let child: UnixFSEntry;
  try {
    child = await exporter(cid.toString(), store);
  } catch (error) {
    throw isServerError(error) ? error : inconsistent(parent, 'UnixFS nodes', String(error), error);
  }
  if (child.type !== 'file') throw inconsistent(parent, 'nodes of a file', child.type);
  return child;
}

/** Names in a directory, with a bound: shards can link to one another without end and hold no name at all. */
export async function listOf(blocks: DurableBlockstore, directory: CID): Promise<{ name: string; cid: string }[]> {
  const store = new BoundedReads(blocks, MAX_OVERHEAD_BYTES, MAX_LISTED_BLOCKS);
  const entry = await exporter(directory.toString(), store);
  if (entry.type !== 'directory') throw serverError('SERVER_INTERNAL', `${directory} is no directory`);
  const names: { name: string; cid: string }[] = [];
  for await (const child of entry.entries()) {
    if (names.length === MAX_LISTED) {
      throw serverError('SERVER_TOO_LARGE', `the directory ${directory} is too large to list`, {
        expected: `at most ${MAX_LISTED} entries`,
        hint: 'name a file in it',
      });
    }
    names.push({ name: child.name, cid: child.cid.toString() });
  }
  return names;
}

function inconsistent(file: UnixFSFile, expected: string, got: unknown, cause?: unknown): CoveyError {
  return serverError('IPFS_UNSUPPORTED', `${file.path} is no sound file`, { expected, got: String(got), cause });
}
