import { createHash } from 'node:crypto';
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FsBlockstore } from 'blockstore-fs';
import { NextToLast } from 'blockstore-fs/sharding';
import type { CID } from 'multiformats/cid';
import { serverError } from '../errors.ts';

const SHA2_256 = 0x12;
const IDENTITY = 0x00;

/** Flushes a file or a directory's entries to the disk. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * blockstore-fs with what it leaves out: it never flushes, leaves `.tmp` files behind when it is killed, and two writers
 * of one block share a temporary file. Here writes of one block wait for each other, `sync` makes blocks survive a power
 * cut, and every block is checked against its hash when it is read, so that a torn file reads as absent.
 */
export class DurableBlockstore {
  readonly directory: string;
  readonly #sharding = new NextToLast();
  readonly #inner: FsBlockstore;
  readonly #writing = new Map<string, Promise<void>>();
  /** Blocks that this process has flushed: their puts need no second write. */
  readonly #durable = new Set<string>();

  constructor(directory: string) {
    this.directory = directory;
    this.#inner = new FsBlockstore(directory, { shardingStrategy: this.#sharding });
  }

  async open(): Promise<void> {
    await this.#inner.open();
    await this.#sweep();
  }

  async #sweep(): Promise<void> {
    const entries = await readdir(this.directory, { recursive: true, withFileTypes: true });
    const leftovers = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.tmp'));
    await Promise.all(leftovers.map((entry) => rm(join(entry.parentPath, entry.name), { force: true })));
  }

  async put(cid: CID, bytes: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<CID> {
    if (cid.multihash.code === IDENTITY) return cid;
    const key = this.#key(cid);
    if (this.#durable.has(key)) return cid;
    const content = bytes instanceof Uint8Array ? bytes : await collect(bytes);
    const before = this.#writing.get(key);
    const write = (async () => {
      await before?.catch(() => undefined);
      if (!this.#durable.has(key)) await this.#inner.put(cid, content);
    })();
    this.#writing.set(key, write);
    try {
      await write;
    } finally {
      if (this.#writing.get(key) === write) this.#writing.delete(key);
    }
    return cid;
  }

  /** After this the blocks are on the disk, whatever happens. */
  async sync(cids: Iterable<CID>): Promise<void> {
    const directories = new Set<string>();
    const keys: string[] = [];
    for (const cid of cids) {
      const key = this.#key(cid);
      if (cid.multihash.code === IDENTITY || this.#durable.has(key)) continue;
      const { dir, file } = this.#sharding.encode(cid);
      await syncPath(join(this.directory, dir, file));
      directories.add(join(this.directory, dir));
      keys.push(key);
    }
    for (const directory of directories) await syncPath(directory);
    if (directories.size > 0) await syncPath(this.directory);
    for (const key of keys) this.#durable.add(key);
  }

  async *get(cid: CID): AsyncGenerator<Uint8Array> {
    yield await this.getBytes(cid);
  }

  async getBytes(cid: CID): Promise<Uint8Array> {
    const { bytes, intact } = await this.readStored(cid);
    if (!intact) {
      throw serverError('IPFS_CORRUPT_BLOCK', `stored block ${cid} does not match its hash`, {
        hint: 'add the content again',
      });
    }
    return bytes;
  }

  /** What is on the disk under a CID, and whether it hashes to it. For readers who check for themselves. */
  async readStored(cid: CID): Promise<{ bytes: Uint8Array; intact: boolean }> {
    if (cid.multihash.code === IDENTITY) return { bytes: cid.multihash.digest, intact: true };
    if (cid.multihash.code !== SHA2_256) {
      throw serverError('IPFS_UNSUPPORTED', 'this node stores blocks with sha2-256 only', {
        got: `multihash 0x${cid.multihash.code.toString(16)} in ${cid}`,
      });
    }
    let bytes: Uint8Array;
    try {
      bytes = await collect(this.#inner.get(cid));
    } catch (cause) {
      throw serverError('IPFS_NOT_FOUND', `block ${cid} is not in this node`, {
        hint: 'add it here first; this node asks no other one',
        cause,
      });
    }
    const intact = createHash('sha256').update(bytes).digest().equals(cid.multihash.digest);
    // Whoever adds it again mends it.
    if (!intact) this.#durable.delete(this.#key(cid));
    return { bytes, intact };
  }

  async has(cid: CID): Promise<boolean> {
    return cid.multihash.code === IDENTITY || (await this.#inner.has(cid));
  }

  #key(cid: CID): string {
    return this.#sharding.encode(cid).file;
  }
}

async function collect(source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}
