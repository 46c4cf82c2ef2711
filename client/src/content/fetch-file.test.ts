import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { misdeeds, serveHostileContent, type HostileContent, type Misdeed } from '../testing/hostile-content.ts';
import { memoryStore, type MemoryStore } from '../testing/memory-store.ts';
import { scaled } from '../testing/pace.ts';
import type { ContentReader } from './content-store.ts';
import { fetchFile } from './fetch-file.ts';
import type { FetchEvent, FileTarget } from './file-source.ts';
import { gatewayStore } from './gateway-store.ts';

const mebibyte = 1024 * 1024;
/** Six leaves and a root. */
const file = Uint8Array.from(randomBytes(5 * mebibyte + 17));

let store: MemoryStore;
let root: string;
let leaves: string[];
beforeEach(async () => {
  store = memoryStore();
  root = await store.add(file);
  leaves = await Promise.all(
    Array.from({ length: 6 }, (_, i) => store.add(file.subarray(i * mebibyte, (i + 1) * mebibyte))),
  );
});

const started: HostileContent[] = [];
afterEach(async () => {
  for (const server of started.splice(0)) await server.stop();
});

async function serve(hit: Record<string, Misdeed> = {}) {
  const server = await serveHostileContent((cid) => store.stored(cid));
  for (const [cid, misdeed] of Object.entries(hit)) server.hit.set(cid, misdeed);
  started.push(server);
  return { name: server.url, reader: gatewayStore(server.url) };
}

function memoryTarget(before?: Uint8Array) {
  let bytes = new Uint8Array();
  const written: number[] = [];
  const target: FileTarget = {
    async open(size) {
      bytes = new Uint8Array(size);
      if (before) bytes.set(before);
    },
    read: async (offset, length) => (before ? bytes.slice(offset, offset + length) : null),
    async write(offset, part) {
      written.push(offset);
      bytes.set(part, offset);
    },
  };
  return { target, written, bytes: () => bytes };
}

const limits = { maxBytes: 8 * mebibyte, restMs: 20, blockTimeoutMs: scaled(1_500), attempts: 2 };
const same = (bytes: Uint8Array) => Buffer.compare(bytes, file) === 0;

describe('a file from several sources', () => {
  it('comes whole from one, and each block once', async () => {
    const { target, written, bytes } = memoryTarget();
    const events: FetchEvent[] = [];
    const sources = [await serve()];
    const fetched = await fetchFile({ sources, cid: root, target, ...limits, onEvent: (event) => events.push(event) });
    expect(fetched).toEqual({ size: file.length, kept: 0 });
    expect(same(bytes())).toBe(true);
    expect(written.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5].map((i) => i * mebibyte));
    expect(events.at(-1)).toEqual({ type: 'progress', done: file.length, kept: 0, size: file.length });
  });

  it('is shared among them', async () => {
    const asked = [0, 0];
    const counted = (i: number): ContentReader => ({
      get: store.get,
      getBlock: (cid, options) => {
        asked[i]!++;
        return store.getBlock(cid, options);
      },
    });
    const { target, bytes } = memoryTarget();
    await fetchFile({
      sources: [0, 1].map((i) => ({ name: `${i}`, reader: counted(i) })),
      cid: root,
      target,
      ...limits,
    });
    expect(same(bytes())).toBe(true);
    expect(Math.min(...asked)).toBeGreaterThan(0);
    expect(asked[0]! + asked[1]!).toBe(7);
  });

  it.each(Object.keys(misdeeds) as Misdeed[])('comes whole where one source %s', async (misdeed) => {
    const { target, bytes } = memoryTarget();
    const events: FetchEvent[] = [];
    const sources = [await serve({ [leaves[1]!]: misdeed, [leaves[4]!]: misdeed, [root]: misdeed }), await serve()];
    await fetchFile({ sources, cid: root, target, ...limits, onEvent: (event) => events.push(event) });
    expect(same(bytes())).toBe(true);
    // One that never ends is not waited for.
    const failed = events.filter((event) => event.type === 'source-failed');
    expect(failed.every(({ source }) => source === sources[0]!.name)).toBe(true);
    if (misdeed !== 'stops in the middle of the body') expect(failed[0]).toMatchObject({ cid: root });
  });

  it('asks one that lies time and again no more', async () => {
    const { target, bytes } = memoryTarget();
    const events: FetchEvent[] = [];
    const hit = Object.fromEntries(leaves.map((cid) => [cid, 'changes a byte' as const]));
    const sources = [await serve(hit), await serve()];
    // The honest one is slow, so that the liar is asked first.
    const { reader } = sources[1]!;
    const slow: ContentReader = {
      ...reader,
      getBlock: async (cid, options) => {
        await new Promise((done) => setTimeout(done, 50));
        return await reader.getBlock(cid, options);
      },
    };
    sources[1] = { name: sources[1]!.name, reader: slow };
    await fetchFile({ sources, cid: root, target, ...limits, onEvent: (event) => events.push(event) });
    expect(same(bytes())).toBe(true);
    expect(events).toContainEqual({ type: 'source-rests', source: sources[0]!.name, ms: null });
  });

  it('is refused with the first failure where nobody has a block, and what came stays', async () => {
    await store.remove(leaves[5]!);
    const { target, written } = memoryTarget();
    const sources = [await serve(), await serve()];
    await expect(fetchFile({ sources, cid: root, target, ...limits })).rejects.toMatchObject({
      code: 'CONTENT_NOT_FOUND',
    });
    expect(written.length).toBeGreaterThan(0);
    const liars = [await serve(Object.fromEntries(leaves.map((cid) => [cid, 'changes a byte' as const])))];
    await expect(fetchFile({ sources: liars, cid: root, target, ...limits })).rejects.toMatchObject({
      code: 'CONTENT_HASH_MISMATCH',
    });
  });

  it('goes on where it stood, and believes nothing that does not hash', async () => {
    const before = file.slice();
    before.fill(0, 3 * mebibyte);
    before[1]! ^= 1;
    const { target, written, bytes } = memoryTarget(before);
    const fetched = await fetchFile({ sources: [await serve()], cid: root, target, ...limits });
    expect(fetched.kept).toBe(2 * mebibyte);
    expect(written.toSorted((a, b) => a - b)).toEqual([0, 3, 4, 5].map((i) => i * mebibyte));
    expect(same(bytes())).toBe(true);
  });

  it('ends when its caller ends it', async () => {
    const stop = new AbortController();
    const { target } = memoryTarget();
    const sources = [await serve({ [leaves[2]!]: 'stops in the middle of the body' })];
    const onEvent = ({ type }: FetchEvent) => type === 'progress' && stop.abort(new Error('enough'));
    await expect(fetchFile({ sources, cid: root, target, ...limits, signal: stop.signal, onEvent })).rejects.toThrow(
      'enough',
    );
  });

  it('is held to the caller’s limit, and to being a file', async () => {
    const { target, written } = memoryTarget();
    const sources = [await serve()];
    await expect(fetchFile({ sources, cid: root, target, ...limits, maxBytes: file.length - 1 })).rejects.toMatchObject(
      { code: 'CONTENT_TOO_LARGE' },
    );
    const document = await store.putBlock(0x0129, new TextEncoder().encode('{}'));
    await expect(fetchFile({ sources, cid: document, target, ...limits })).rejects.toMatchObject({
      code: 'CONTENT_NOT_A_FILE',
    });
    expect(written).toEqual([]);
  });
});
