import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { exporter } from 'ipfs-unixfs-exporter';
import type { UnixFSEntry } from 'ipfs-unixfs-exporter';
import { importer } from 'ipfs-unixfs-importer';
import type { ImportCandidate } from 'ipfs-unixfs-importer';
import { CID } from 'multiformats/cid';
import { create as createDigest } from 'multiformats/hashes/digest';
import { isServerError, serverError } from '../errors.ts';
import { BoundedReads, contentOf, listOf, sizeOf } from './content.ts';
import { DurableBlockstore } from './durable-blockstore.ts';
import { importerOptions } from './profile.ts';
import type { AddOptions } from './profile.ts';
import { Pins } from './pins.ts';

export interface Added {
  path: string;
  cid: CID;
  size: bigint;
}

/** Blocks larger than this are refused, as by every other IPFS implementation: nobody could exchange them. */
export const MAX_BLOCK_BYTES = 2 * 1024 * 1024;

/** The embedded IPFS node: content on this disk, no network. What it acknowledges is on the disk. */
export class IpfsNode {
  readonly blocks: DurableBlockstore;
  readonly pins: Pins;
  /** Called with what was just made durable. */
  onStored: ((cids: string[]) => void) | undefined;

  constructor(directory: string) {
    this.blocks = new DurableBlockstore(join(directory, 'blocks'));
    this.pins = new Pins(join(directory, 'pins'));
  }

  async open(): Promise<void> {
    await this.blocks.open();
    await this.pins.open();
  }

  /** Imports files and directories; each entry is durable when it is returned. */
  async add(source: AsyncIterable<ImportCandidate> | Iterable<ImportCandidate>, options: AddOptions): Promise<Added[]> {
    const written: CID[] = [];
    const store = {
      put: async (cid: CID, bytes: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>) => {
        if (options.onlyHash) return cid;
        await this.blocks.put(cid, bytes);
        written.push(cid);
        return cid;
      },
    };
    const added: Added[] = [];
    for await (const entry of importer(source, store, importerOptions(options))) {
      added.push({ path: entry.path ?? '', cid: entry.cid, size: entry.size });
    }
    if (options.onlyHash) return added;
    await this.blocks.sync(written);
    this.onStored?.(written.map(String));
    const root = added.at(-1);
    if (options.pin && root !== undefined) {
      await this.pins.add({ cid: root.cid.toString(), type: 'recursive', name: options.pinName });
    }
    return added;
  }

  async addBytes(bytes: Uint8Array): Promise<string> {
    const [added] = await this.add([{ content: bytes }], importerDefaults);
    if (added === undefined) throw serverError('SERVER_INTERNAL', 'the importer returned no entry for a file');
    return added.cid.toString();
  }

  async putBlock(codec: number, bytes: Uint8Array, pin = true): Promise<CID> {
    if (bytes.length > MAX_BLOCK_BYTES) {
      throw serverError('SERVER_TOO_LARGE', 'the block is too large', {
        expected: `at most ${MAX_BLOCK_BYTES} bytes`,
        got: `${bytes.length}`,
        hint: 'add it as a file',
      });
    }
    const cid = CID.createV1(codec, createDigest(0x12, createHash('sha256').update(bytes).digest()));
    await this.blocks.put(cid, bytes);
    await this.blocks.sync([cid]);
    this.onStored?.([cid.toString()]);
    if (pin) await this.pins.add({ cid: cid.toString(), type: 'recursive', name: '' });
    return cid;
  }

  /** The entry at `<cid>[/path]`, whose bytes `content` gives. */
  async resolve(path: string): Promise<UnixFSEntry> {
    const [root = '', ...rest] = path.replace(/^\/?(ipfs\/)?/, '').split('/');
    const cid = parseAnyCid(root);
    try {
      const inside = rest.filter((part) => part !== '');
      return await exporter([cid.toString(), ...inside].join('/'), new BoundedReads(this.blocks));
    } catch (error) {
      throw this.#described(error, path);
    }
  }

  /** Bytes of a file, raw or document block; each block is read when its bytes are taken. */
  content(entry: UnixFSEntry, range: { offset?: number; length?: number } = {}): AsyncGenerator<Uint8Array> {
    return contentOf(this.blocks, entry, range);
  }

  /** What is in a directory. */
  async list(directory: CID): Promise<{ name: string; cid: string }[]> {
    try {
      return await listOf(this.blocks, directory);
    } catch (error) {
      throw this.#described(error, directory.toString());
    }
  }

  /** Bytes of a file or single block; fails before it reads any of one that has more than `maxBytes`. */
  async read(path: string, maxBytes = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
    const entry = await this.resolve(path);
    const size = sizeOf(entry);
    if (size > maxBytes) {
      throw serverError('SERVER_TOO_LARGE', `${path} is too large`, {
        expected: `at most ${maxBytes} bytes`,
        got: `${size}`,
      });
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.content(entry)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  #described(error: unknown, path: string): unknown {
    if (isServerError(error) || !(error instanceof Error)) return error;
    if (error.name === 'NotFoundError') {
      return serverError('IPFS_NOT_FOUND', `${path} is not in this node`, { cause: error });
    }
    return serverError('IPFS_UNSUPPORTED', `${path} cannot be read`, { got: error.message, cause: error });
  }
}

const importerDefaults: AddOptions = {
  cidVersion: 1,
  rawLeaves: true,
  chunkBytes: undefined,
  maxLinks: undefined,
  wrapWithDirectory: false,
  onlyHash: false,
  pin: true,
  pinName: '',
};

export function parseAnyCid(text: string): CID {
  try {
    return CID.parse(text);
  } catch (cause) {
    throw serverError('IPFS_INVALID_CID', 'not a CID', {
      expected: 'a CID such as bafkrei…',
      got: text.slice(0, 120),
      cause,
    });
  }
}
