import { fileCid } from '@covey/protocol';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveContent, type HttpContent } from '../testing/http-content.ts';
import { memoryStore, type MemoryStore } from '../testing/memory-store.ts';
import { addFile } from './add-file.ts';
import { cachedReader } from './cached-reader.ts';
import { maxBlockBytes } from './content-store.ts';
import { gatewayStore } from './gateway-store.ts';
import { kuboStore } from './kubo-store.ts';

let store: MemoryStore;
let content: HttpContent;

beforeEach(async () => {
  store = memoryStore();
  content = await serveContent(store);
});

afterEach(async () => {
  await content.stop();
});

const small = Uint8Array.from(randomBytes(1000));
/** Three leaves and a root. */
const large = Uint8Array.from(randomBytes(2 * 1024 * 1024 + 17));
const document = new TextEncoder().encode('{"a":1}');

describe('kuboStore', () => {
  it('stores files and documents under the addresses that the protocol computes', async () => {
    const kubo = kuboStore(content.url);
    for (const bytes of [small, large]) {
      const cid = await kubo.add(bytes);
      expect(cid).toBe(await fileCid(bytes));
      expect(Buffer.compare(await kubo.get(cid), bytes)).toBe(0);
    }
    const cid = await kubo.putBlock(0x0129, document);
    expect(cid.startsWith('baguqeera')).toBe(true);
    expect(await kubo.get(cid)).toEqual(document);
    const add = new URL(content.requests.find((line) => line.includes('/add'))!.slice(5), 'http://host');
    expect(Object.fromEntries(add.searchParams)).toMatchObject({
      'cid-version': '1',
      'raw-leaves': 'true',
      chunker: 'size-1048576',
      'max-file-links': '1024',
      pin: 'true',
    });
  });

  it('stores a file that comes in pieces under the same address, pinned as a whole', async () => {
    const pieces = async function* () {
      for (let at = 0; at < large.length; at += 300_000) yield large.subarray(at, at + 300_000);
    };
    const progress: number[] = [];
    const cid = await addFile(kuboStore(content.url), pieces(), { onProgress: (bytes) => progress.push(bytes) });
    expect(cid).toBe(await fileCid(large));
    expect(Buffer.compare(await store.get(cid), large)).toBe(0);
    expect([...store.pins]).toEqual([cid]);
    expect(progress).toHaveLength(4);
    const puts = content.requests.filter((line) => line.includes('/block/put'));
    expect(puts.every((line) => line.includes('pin=false'))).toBe(true);
  });

  it('does not believe what it is served', async () => {
    const cid = await store.add(small);
    content.lie = true;
    await expect(kuboStore(content.url).get(cid)).rejects.toMatchObject({ code: 'CONTENT_HASH_MISMATCH' });
  });

  it('says when content is missing, slow, or the node is not there', async () => {
    const kubo = kuboStore(content.url);
    const cid = await fileCid(small);
    await expect(kubo.get(cid)).rejects.toMatchObject({ code: 'CONTENT_NOT_FOUND' });
    content.hang = true;
    await expect(kubo.get(cid, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'CONTENT_TIMEOUT' });
    await content.stop();
    await expect(kubo.get(cid)).rejects.toMatchObject({ code: 'CONTENT_UNREACHABLE' });
    await expect(kubo.add(small)).rejects.toMatchObject({ code: 'CONTENT_UNREACHABLE' });
  });

  it('gives up storing on a node that does not answer', async () => {
    content.hang = true;
    const kubo = kuboStore(content.url, { storeTimeoutMs: 50 });
    await expect(kubo.add(small)).rejects.toMatchObject({ code: 'CONTENT_TIMEOUT' });
    await expect(kubo.putBlock(0x0129, document)).rejects.toMatchObject({ code: 'CONTENT_TIMEOUT' });
  });

  it('pins what the node has, and says when it has it not', async () => {
    const kubo = kuboStore(content.url);
    const cid = await store.add(large);
    await kubo.pin(cid);
    expect(store.pins.has(cid)).toBe(true);
    const missing = await fileCid(new Uint8Array([4, 5, 6]));
    await expect(kubo.pin(missing)).rejects.toMatchObject({ code: 'CONTENT_NOT_FOUND' });
    await expect(kubo.pin('nonsense')).rejects.toMatchObject({ code: 'CONTENT_BAD_CID' });
  });

  it('refuses to store a block of another codec', async () => {
    await expect(kuboStore(content.url).putBlock(0x71, document)).rejects.toMatchObject({ code: 'CONTENT_BAD_CODEC' });
  });
});

describe('gatewayStore', () => {
  it('reads raw files, files of many blocks and documents', async () => {
    const gateway = gatewayStore(`${content.url}/`);
    expect(await gateway.get(await store.add(small))).toEqual(small);
    expect(Buffer.compare(await gateway.get(await store.add(large)), large)).toBe(0);
    expect(await gateway.get(await store.putBlock(0x0129, document))).toEqual(document);
  });

  it('refuses altered bytes, of a single block and inside a DAG', async () => {
    const gateway = gatewayStore(content.url);
    const cid = await store.add(small);
    await store.corrupt(cid, (bytes) => bytes.with(3, bytes[3]! ^ 1));
    // The memory store checks too: serve what it really holds.
    const lying = gatewayStore(content.url, { fetch: async () => new Response(small.with(3, small[3]! ^ 1)) });
    await expect(lying.get(cid)).rejects.toMatchObject({ code: 'CONTENT_HASH_MISMATCH', name: 'CoveyError' });
    const root = await store.add(large);
    content.lie = true;
    await expect(gateway.get(root)).rejects.toMatchObject({ code: 'CONTENT_HASH_MISMATCH' });
  });

  it('stops at the size limit, and at the size of a block whatever comes', async () => {
    const gateway = gatewayStore(content.url);
    const cid = await store.add(small);
    expect((await gateway.get(cid, { maxBytes: 1000 })).byteLength).toBe(1000);
    await expect(gateway.get(cid, { maxBytes: 999 })).rejects.toMatchObject({ code: 'CONTENT_TOO_LARGE' });
    const root = await store.add(large);
    await expect(gateway.get(root, { maxBytes: large.byteLength - 1 })).rejects.toMatchObject({
      code: 'CONTENT_TOO_LARGE',
    });
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536));
      },
    });
    const liar = gatewayStore('', { fetch: () => Promise.resolve(new Response(endless)) });
    await expect(liar.get(cid, { maxBytes: 200_000 })).rejects.toMatchObject({ code: 'CONTENT_BROKEN' });
    expect(sent).toBeLessThan(maxBlockBytes + 600_000);
  });

  it('says when content is missing, slow, or the gateway is not there', async () => {
    const gateway = gatewayStore(content.url);
    const cid = await fileCid(small);
    await expect(gateway.get(cid)).rejects.toMatchObject({ code: 'CONTENT_NOT_FOUND' });
    content.hang = true;
    await expect(gateway.get(cid, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'CONTENT_TIMEOUT' });
    await content.stop();
    await expect(gateway.get(cid)).rejects.toMatchObject({ code: 'CONTENT_UNREACHABLE' });
  });

  it('hands the caller’s own abort through', async () => {
    content.hang = true;
    const abort = new AbortController();
    const reading = gatewayStore(content.url).get(await fileCid(small), { signal: abort.signal });
    abort.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
  });

  it.each([
    ['nonsense', 'CONTENT_BAD_CID'],
    // CIDv0
    ['QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG', 'CONTENT_BAD_CID'],
    // identity hash
    ['bafkqac3imvwgy3zao5xxe3de', 'CONTENT_BAD_CID'],
    // dag-cbor
    ['bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua', 'CONTENT_BAD_CID'],
  ])('refuses %s as an address', async (cid, code) => {
    await expect(async () => await gatewayStore(content.url).get(cid)).rejects.toMatchObject({ code });
  });

  it('calls a block that is no UnixFS file not a file', async () => {
    const cid = await store.putBlock(0x70, new Uint8Array([1, 2, 3]));
    await expect(gatewayStore(content.url).get(cid)).rejects.toMatchObject({ code: 'CONTENT_NOT_A_FILE' });
  });
});

describe('cachedReader', () => {
  it('reads once, keeps what was read last, and gives copies', async () => {
    const cid = await store.add(small);
    const reader = cachedReader(gatewayStore(content.url), 1500);
    const first = await reader.get(cid);
    first.fill(0);
    expect(await reader.get(cid)).toEqual(small);
    expect(content.requests).toHaveLength(1);
    // A second file of 1000 bytes pushes the first out.
    await reader.get(await store.add(Uint8Array.from(randomBytes(1000))));
    await reader.get(cid);
    expect(content.requests).toHaveLength(3);
  });

  it('keeps a copy of what another reader gives as a Buffer too', async () => {
    const cid = await store.add(small);
    const reader = cachedReader({
      get: async (asked) => Buffer.from(await store.get(asked)),
      getBlock: async (asked) => Buffer.from(await store.getBlock(asked)),
    });
    for (let reads = 0; reads < 3; reads++) {
      const given = await reader.get(cid);
      expect(Uint8Array.from(given)).toEqual(small);
      given.fill(0);
    }
  });

  it('never hides a limit', async () => {
    const cid = await store.add(small);
    const reader = cachedReader(gatewayStore(content.url));
    await reader.get(cid);
    await expect(reader.get(cid, { maxBytes: 10 })).rejects.toMatchObject({ code: 'CONTENT_TOO_LARGE' });
  });
});
