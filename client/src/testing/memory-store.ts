import { fileImportOptions } from '@covey/protocol';
import { MemoryBlockstore } from 'blockstore-core';
import { importer } from 'ipfs-unixfs-importer';
import { CID } from 'multiformats/cid';
import { sha256 } from 'multiformats/hashes/sha2';
import { clientError } from '../errors.ts';
import type { ContentStore } from '../content/content-store.ts';
import { verifiedReader } from '../content/verified-reader.ts';

export interface MemoryStore extends ContentStore {
  /** Replaces stored bytes without changing their name, as a lying store would. */
  corrupt(cid: string, change: (bytes: Uint8Array) => Uint8Array): Promise<void>;
  remove(cid: string): Promise<void>;
  /** What was pinned. */
  readonly pins: ReadonlySet<string>;
  /** What is stored under a CID, whatever it hashes to. */
  stored(cid: string): Promise<Uint8Array>;
  /** Every block, so that another store can have them too. */
  all(): Promise<{ codec: number; bytes: Uint8Array }[]>;
  /** Fault injection: called before each block is served. */
  onBlock?: (cid: string) => void | Promise<void>;
}

/** For tests: blocks in memory behind the same verified reader as the real stores. */
export function memoryStore(): MemoryStore {
  const blocks = new MemoryBlockstore();
  const pins = new Set<string>();
  const store: MemoryStore = {
    ...verifiedReader(async (cid) => {
      await store.onBlock?.(cid.toString());
      return await load(cid);
    }),
    async add(bytes) {
      for await (const entry of importer([{ content: bytes }], blocks, fileImportOptions())) {
        return entry.cid.toString();
      }
      throw new Error('the importer gave nothing');
    },
    async putBlock(codec, bytes) {
      const cid = CID.createV1(codec, await sha256.digest(bytes));
      await blocks.put(cid, bytes);
      return cid.toString();
    },
    pins,
    async pin(cid) {
      await load(CID.parse(cid));
      pins.add(cid);
    },
    async corrupt(text, change) {
      const cid = CID.parse(text);
      await blocks.put(cid, change(await load(cid)));
    },
    stored: (text) => load(CID.parse(text)),
    async all() {
      const found: { codec: number; bytes: Uint8Array }[] = [];
      for await (const { cid } of blocks.getAll()) found.push({ codec: cid.code, bytes: await load(cid) });
      return found;
    },
    async remove(text) {
      await blocks.delete(CID.parse(text));
    },
  };
  async function load(cid: CID): Promise<Uint8Array> {
    if (!(await blocks.has(cid))) throw clientError('CONTENT_NOT_FOUND', `The store does not have ${cid}.`);
    const parts: Uint8Array[] = [];
    for await (const part of blocks.get(cid)) parts.push(part);
    return Uint8Array.from(Buffer.concat(parts));
  }
  return store;
}
