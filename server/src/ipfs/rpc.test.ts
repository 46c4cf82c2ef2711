import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scaled } from '@covey/client/testing/pace';
import { CarReader } from '@ipld/car';
import { documentCid, fileCid } from '@covey/protocol';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { create } from 'kubo-rpc-client';
import { CID } from 'multiformats/cid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gatewayRoutes } from './gateway-routes.ts';
import { IpfsNode } from './node.ts';
import { ipfsRpcRoutes } from './rpc-routes.ts';

const MiB = 1024 * 1024;

/** Bytes without repetition, so that every chunk is another block. */
function pattern(length: number, seed = 1): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = seed;
  for (let i = 0; i < words.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    words[i] = state;
  }
  return new Uint8Array(words.buffer, 0, length);
}

let directory: string;
let app: FastifyInstance;
let url: string;
let client: ReturnType<typeof create>;
let node: IpfsNode;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'covey-ipfs-'));
  node = new IpfsNode(directory);
  await node.open();
  app = Fastify();
  await app.register(ipfsRpcRoutes, { prefix: '/api/v0', node, maxUploadBytes: 8 * MiB });
  await app.register(gatewayRoutes, { node });
  url = await app.listen({ port: 0, host: '127.0.0.1' });
  client = create({ url });
});

afterAll(async () => {
  await app.close();
  await rm(directory, { recursive: true, force: true });
});

async function read(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('the real kubo-rpc-client', () => {
  test.each([0, 5, MiB, MiB + 1, 5 * MiB + 123])(
    'adds %i bytes under the CID of the protocol and reads them',
    async (length) => {
      const bytes = pattern(length);
      const added = await client.add(bytes);
      expect(added.cid.toString()).toBe(await fileCid(bytes));
      expect(Buffer.compare(await read(client.cat(added.cid)), bytes)).toBe(0);
    },
  );

  test('adds a stream, and gives the same CID when the options of the profile are explicit', async () => {
    const bytes = pattern(3 * MiB, 7);
    async function* stream() {
      for (let i = 0; i < bytes.length; i += 65_536) yield bytes.subarray(i, i + 65_536);
    }
    const added = await client.add(stream(), { cidVersion: 1, rawLeaves: true, chunker: 'size-1048576', pin: true });
    expect(added.cid.toString()).toBe(await fileCid(bytes));
  });

  test('other options give another layout', async () => {
    const bytes = pattern(2 * MiB, 9);
    const v0 = await client.add(bytes, { cidVersion: 0, chunker: 'size-262144' });
    expect(v0.cid.version).toBe(0);
    expect(Buffer.compare(await read(client.cat(v0.cid)), bytes)).toBe(0);
  });

  test('adds several files under a directory', async () => {
    const entries = [];
    const files = [
      { path: 'model/a.txt', content: pattern(10) },
      { path: 'model/b.bin', content: pattern(MiB + 5) },
    ];
    for await (const entry of client.addAll(files)) entries.push(entry);
    const root = entries.at(-1);
    expect(root?.path).toBe('model');
    expect(Buffer.compare(await read(client.cat(`${root?.cid}/b.bin`)), pattern(MiB + 5))).toBe(0);
    const listing = await fetch(`${url}/ipfs/${root?.cid}`);
    expect(((await listing.json()) as { entries: { name: string }[] }).entries.map((e) => e.name)).toEqual([
      'a.txt',
      'b.bin',
    ]);
  });

  test('only-hash stores nothing', async () => {
    const bytes = pattern(100, 77);
    const { cid } = await client.add(bytes, { onlyHash: true });
    expect(cid.toString()).toBe(await fileCid(bytes));
    await expect(client.block.get(cid)).rejects.toThrow(/IPFS_NOT_FOUND/);
  });

  test('puts, stats and gets blocks; a document keeps its exact bytes', async () => {
    const document = new TextEncoder().encode('{"a":1,"b":[2,3]}');
    const cid = await client.block.put(document, { format: 'dag-json', mhtype: 'sha2-256' });
    expect(cid.toString()).toBe(documentCid(document));
    expect(Buffer.from(await client.block.get(cid))).toEqual(Buffer.from(document));
    expect((await client.block.stat(cid)).size).toBe(document.length);
    expect(await (await fetch(`${url}/ipfs/${cid}`)).json()).toEqual({ a: 1, b: [2, 3] });
    const viaDag = await client.dag.put(document, { inputCodec: 'dag-json', storeCodec: 'dag-json' });
    expect(viaDag.toString()).toBe(cid.toString());
  });

  test('pins', async () => {
    const { cid } = await client.add(pattern(50, 3), { pin: false });
    expect((await client.pin.add(cid)).toString()).toBe(cid.toString());
    const listed = [];
    for await (const pin of client.pin.ls({ paths: cid })) listed.push(pin.cid.toString());
    expect(listed).toEqual([cid.toString()]);
    await client.pin.rm(cid);
    await expect(client.pin.rm(cid)).rejects.toThrow(/not pinned/);
  });

  test('version, id and peers have shapes that the client parses', async () => {
    expect((await client.version()).version).toMatch(/^\d/);
    expect((await client.id()).id.toString().length).toBeGreaterThan(10);
    expect(await client.swarm.peers()).toEqual([]);
  });

  test('errors keep their code: unknown content, bad CID, too large, unknown option', async () => {
    const unknown = await fileCid(pattern(33, 1234));
    await expect(read(client.cat(unknown))).rejects.toThrow(/IPFS_NOT_FOUND/);
    await expect(read(client.cat('not-a-cid'))).rejects.toThrow(/IPFS_INVALID_CID/);
    await expect(client.add(pattern(9 * MiB))).rejects.toThrow(/SERVER_TOO_LARGE/);
    await expect(client.add(pattern(9), { hashAlg: 'sha3-512' })).rejects.toThrow(/IPFS_UNSUPPORTED/);
    await expect(client.add(pattern(9), { chunker: 'rabin' })).rejects.toThrow(/IPFS_UNSUPPORTED/);
    const response = await fetch(`${url}/api/v0/cat?arg=${unknown}`, { method: 'POST' });
    expect(await response.json()).toMatchObject({ Code: 0, Type: 'error' });
    expect((await fetch(`${url}/api/v0/cat?arg=${unknown}`)).status).toBe(405);
  });

  test('a fault of the node keeps its details: where its files are is nobody’s business', async () => {
    const broken = new IpfsNode(join(directory, 'broken'));
    await broken.open();
    const faulty = Fastify();
    await faulty.register(ipfsRpcRoutes, { prefix: '/api/v0', node: broken, maxUploadBytes: MiB });
    const at = await faulty.listen({ port: 0, host: '127.0.0.1' });
    await rm(join(directory, 'broken'), { recursive: true });
    await writeFile(join(directory, 'broken'), 'a file where the folder was');
    const body = new FormData();
    body.append('file', new Blob(['a block']));
    const response = await fetch(`${at}/api/v0/block/put`, { method: 'POST', body });
    expect(response.status).toBe(500);
    const answer = (await response.json()) as { Message: string };
    expect(answer).toMatchObject({ Code: 0, Type: 'error', Message: expect.stringMatching(/^SERVER_INTERNAL: /) });
    expect(answer.Message).not.toContain(directory);
    await faulty.close();
  });

  test('the same bytes added by many at once', async () => {
    const bytes = pattern(2 * MiB, 4242);
    const all = await Promise.all(Array.from({ length: 8 }, () => client.add(bytes)));
    expect(new Set(all.map((added) => added.cid.toString()))).toEqual(new Set([await fileCid(bytes)]));
  });
});

describe('the gateway', () => {
  test('serves verifiable blocks and archives', async () => {
    const bytes = pattern(2 * MiB + 9, 21);
    const { cid } = await client.add(bytes);
    const raw = await fetch(`${url}/ipfs/${cid}?format=raw`);
    expect(raw.headers.get('content-type')).toBe('application/vnd.ipld.raw');
    expect(raw.headers.get('cache-control')).toContain('immutable');
    const block = Buffer.from(await raw.arrayBuffer());
    expect(createHash('sha256').update(block).digest().equals(cid.multihash.digest)).toBe(true);
    const byHeader = await fetch(`${url}/ipfs/${cid}`, { headers: { accept: 'application/vnd.ipld.raw' } });
    expect(byHeader.headers.get('etag')).toBe(raw.headers.get('etag'));
    const again = await fetch(`${url}/ipfs/${cid}?format=raw`, {
      headers: { 'if-none-match': raw.headers.get('etag') ?? '' },
    });
    expect(again.status).toBe(304);
    const car = await CarReader.fromBytes(
      new Uint8Array(await (await fetch(`${url}/ipfs/${cid}?format=car`)).arrayBuffer()),
    );
    expect((await car.getRoots()).map(String)).toEqual([cid.toString()]);
    let blocks = 0;
    for await (const block of car.blocks()) blocks += block.bytes.length > 0 ? 1 : 0;
    expect(blocks).toBe(4);
  });

  test('serves bytes, ranges and HEAD', async () => {
    const bytes = pattern(2 * MiB + 9, 22);
    const { cid } = await client.add(bytes);
    const whole = await fetch(`${url}/ipfs/${cid}`);
    expect(Buffer.compare(Buffer.from(await whole.arrayBuffer()), bytes)).toBe(0);
    expect(whole.headers.get('content-security-policy')).toContain('sandbox');
    const part = await fetch(`${url}/ipfs/${cid}`, { headers: { range: `bytes=${MiB - 3}-${MiB + 4}` } });
    expect(part.status).toBe(206);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(Buffer.from(bytes.subarray(MiB - 3, MiB + 5)));
    const tail = await fetch(`${url}/ipfs/${cid}`, { headers: { range: 'bytes=-4' } });
    expect(Buffer.from(await tail.arrayBuffer())).toEqual(Buffer.from(bytes.subarray(-4)));
    expect((await fetch(`${url}/ipfs/${cid}`, { headers: { range: 'bytes=99999999-' } })).status).toBe(416);
    const head = await fetch(`${url}/ipfs/${cid}`, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(bytes.length));
  });

  test('unknown content is 404 at once, a bad CID 400', async () => {
    const started = performance.now();
    expect((await fetch(`${url}/ipfs/${await fileCid(pattern(40, 999))}?format=raw`)).status).toBe(404);
    expect((await fetch(`${url}/ipfs/${await fileCid(pattern(40, 999))}`)).status).toBe(404);
    expect(performance.now() - started).toBeLessThan(scaled(2_000));
    expect((await fetch(`${url}/ipfs/nonsense`)).status).toBe(400);
    expect((await fetch(`${url}/ipfs/${CID.parse(await fileCid(pattern(4)))}?format=tar`)).status).toBe(400);
  });
});

describe('a disk that lies', () => {
  test('leftover temporary files are swept, a block that does not match its hash is not served', async () => {
    const { cid } = await client.add(pattern(64, 555));
    const blocks = join(directory, 'blocks');
    const files = await readdir(blocks, { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile())) {
      await writeFile(join(file.parentPath, `.${file.name}.tmp`), 'half');
    }
    const reopened = new IpfsNode(directory);
    await reopened.open();
    const after = await readdir(blocks, { recursive: true });
    expect(after.filter((name) => name.endsWith('.tmp'))).toEqual([]);
    for (const file of files.filter((entry) => entry.isFile()))
      await writeFile(join(file.parentPath, file.name), 'torn');
    await expect(reopened.blocks.getBytes(CID.parse(cid.toString()))).rejects.toMatchObject({
      code: 'IPFS_CORRUPT_BLOCK',
    });
    expect(await reopened.blocks.readStored(CID.parse(cid.toString()))).toMatchObject({ intact: false });
    const again = await reopened.addBytes(pattern(64, 555));
    expect(Buffer.from(await reopened.read(again))).toEqual(Buffer.from(pattern(64, 555)));
  });
});
