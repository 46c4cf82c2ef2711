import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { scaled } from '@covey/client/testing/pace';
import * as dagPb from '@ipld/dag-pb';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { importer } from 'ipfs-unixfs-importer';
import { CID } from 'multiformats/cid';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { gatewayRoutes } from './gateway-routes.ts';
import { IpfsNode } from './node.ts';
import { parseAddOptions } from './profile.ts';
import { ipfsRpcRoutes } from './rpc-routes.ts';

const MiB = 1024 * 1024;
const RAW = 0x55;
const DAG_PB = 0x70;

let directory: string;
let node: IpfsNode;
let app: FastifyInstance;
let url: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'covey-content-'));
  node = new IpfsNode(directory);
  await node.open();
  app = Fastify();
  await app.register(ipfsRpcRoutes, { prefix: '/api/v0', node, maxUploadBytes: 8 * MiB });
  await app.register(gatewayRoutes, { node });
  url = await app.listen({ port: 0, host: '127.0.0.1' });
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  await app.close();
  await rm(directory, { recursive: true, force: true });
});

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return [...bytes, value];
}

/** A UnixFS node as its protobuf: 2 is a file, 1 a directory, 5 a shard of one. */
const unixfs = (type: number, sizes: number[] = [], data: number[] = [], more: number[] = []) =>
  Uint8Array.from([
    ...[8, type],
    ...(data.length === 0 ? [] : [18, ...varint(data.length), ...data]),
    ...sizes.flatMap((size) => [32, ...varint(size)]),
    ...more,
  ]);

const pbNode = (data: Uint8Array, links: { Name: string; Hash: CID }[]) =>
  node.putBlock(
    DAG_PB,
    dagPb.encode({ Data: data, Links: links.map((link) => dagPb.createLink(link.Name, 0, link.Hash)) }),
    false,
  );

const file = (children: [CID, number][], data: number[] = []) =>
  pbNode(
    unixfs(
      2,
      children.map(([, size]) => size),
      data,
    ),
    children.map(([Hash]) => ({ Name: '', Hash })),
  );

const times = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

/** Counts the blocks that are read from the disk from now on. */
const counted = () => vi.spyOn(node.blocks, 'readStored');

describe('a file of few blocks that is very long', () => {
  let long: CID;
  beforeAll(async () => {
    const leaf = await node.putBlock(RAW, new Uint8Array(2 * MiB).fill(7), false);
    long = await file(times(20_000, [leaf, 2 * MiB] as [CID, number]));
  });

  test.each([
    ['the gateway', (cid: CID) => fetch(`${url}/ipfs/${cid}`)],
    ['cat', (cid: CID) => fetch(`${url}/api/v0/cat?arg=${cid}`, { method: 'POST' })],
  ])('is read by %s no faster than it is taken', async (_name, get) => {
    const reads = counted();
    const response = await get(long);
    expect(response.status).toBe(200);
    const reader = response.body?.getReader();
    expect((await reader?.read())?.value?.[0]).toBe(7);
    await sleep(scaled(400));
    const paused = reads.mock.calls.length;
    expect(paused).toBeLessThan(20);
    await reader?.cancel();
    await sleep(scaled(100));
    expect(reads.mock.calls.length).toBeLessThan(paused + 5);
  });

  test('is refused as a document before any of it is read', async () => {
    const reads = counted();
    await expect(node.read(long.toString(), MiB)).rejects.toMatchObject({ code: 'SERVER_TOO_LARGE' });
    expect(reads.mock.calls.length).toBe(1);
  });

  test('gives any part of it by a few reads', async () => {
    const reads = counted();
    const response = await fetch(`${url}/ipfs/${long}`, {
      headers: { range: `bytes=${30_000 * MiB - 2}-${30_000 * MiB}` },
    });
    expect(response.status).toBe(206);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array(3).fill(7));
    expect(reads.mock.calls.length).toBe(3);
  });
});

test('every range of a file of several levels, with data in nodes between', async () => {
  const bytes = Array.from({ length: 40 }, (_, i) => i);
  const raw = (from: number, to: number) => node.putBlock(RAW, Uint8Array.from(bytes.slice(from, to)), false);
  const inner = await file([[await raw(8, 13), 5], [await raw(13, 20), 7]], bytes.slice(5, 8)); // prettier-ignore
  const empty = await raw(0, 0);
  const last = await file([[await raw(20, 40), 20]]);
  const root = await file([[await raw(2, 5), 3], [inner, 15], [empty, 0], [last, 20]], bytes.slice(0, 2)); // prettier-ignore
  const entry = await node.resolve(root.toString());
  for (let offset = 0; offset <= 41; offset++) {
    for (const length of [0, 1, 2, 5, 11, 40]) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of node.content(entry, { offset, length })) chunks.push(chunk);
      expect([...Buffer.concat(chunks)]).toEqual(bytes.slice(offset, offset + length));
    }
  }
});

describe('nodes that lie about their sizes', () => {
  const unsound = { code: 'IPFS_UNSUPPORTED' };

  test('are told of', async () => {
    const leaf = await node.putBlock(RAW, Uint8Array.from([1, 2, 3]), false);
    await expect(node.read((await file([[leaf, 2]])).toString())).rejects.toMatchObject(unsound);
    await expect(node.read((await file([[leaf, 4]])).toString())).rejects.toMatchObject(unsound);
    const child = await file([[leaf, 3]]);
    await expect(node.read((await file([[child, 4]])).toString())).rejects.toMatchObject(unsound);
    const fewer = await pbNode(unixfs(2, []), [{ Name: '', Hash: leaf }]);
    await expect(node.read(fewer.toString())).rejects.toMatchObject(unsound);
    const huge = await pbNode(unixfs(2, [2 ** 60]), [{ Name: '', Hash: leaf }]);
    expect((await fetch(`${url}/ipfs/${huge}`)).status).toBe(400);
  });

  test('children without bytes are not read', async () => {
    const leaf = await node.putBlock(RAW, new Uint8Array(MiB), false);
    const root = await file(times(2000, [leaf, 0] as [CID, number]), [9]);
    const reads = counted();
    expect([...(await node.read(root.toString()))]).toEqual([9]);
    await sleep(scaled(100));
    expect(reads.mock.calls.length).toBe(1);
  });

  test('few bytes in large nodes end at a bound', async () => {
    const leaf = await node.putBlock(RAW, Uint8Array.of(1), false);
    const padded = await file(times(30_000, [leaf, 0] as [CID, number]), [5]);
    const root = await file(times(500, [padded, 1] as [CID, number]));
    await expect(node.read(root.toString())).rejects.toMatchObject({ code: 'SERVER_TOO_LARGE' });
  });
});

describe('directories', () => {
  const shard = (links: { Name: string; Hash: CID }[]) =>
    pbNode(unixfs(5, [], [255], [40, 34, 48, ...varint(256)]), links);

  test('of many names are refused', async () => {
    const leaf = await node.putBlock(RAW, Uint8Array.of(1), false);
    const named = (count: number) =>
      pbNode(
        unixfs(1),
        Array.from({ length: count }, (_, i) => ({ Name: String(i).padStart(6, '0'), Hash: leaf })),
      );
    const most = await fetch(`${url}/ipfs/${await named(10_000)}`);
    expect(((await most.json()) as { entries: unknown[] }).entries).toHaveLength(10_000);
    expect((await fetch(`${url}/ipfs/${await named(10_001)}`)).status).toBe(413);
  });

  test('of shards are listed', async () => {
    const files = Array.from({ length: 40 }, (_, i) => ({ path: `d/file-${i}`, content: Uint8Array.of(i) }));
    let root: string | undefined;
    for await (const entry of importer(files, node.blocks, { shardSplitThresholdBytes: 0 }))
      root = entry.cid.toString();
    const listed = (await (await fetch(`${url}/ipfs/${root}`)).json()) as { entries: { name: string }[] };
    expect(listed.entries.map(({ name }) => name).sort()).toEqual(files.map(({ path }) => path.slice(2)).sort());
  });

  test('of shards that hold nothing end at a bound', async () => {
    let below = await shard([]);
    for (let level = 0; level < 3; level++) {
      const links = Array.from({ length: 40 }, (_, i) => ({
        Name: i.toString(16).toUpperCase().padStart(2, '0'),
        Hash: below,
      }));
      below = await shard(links);
    }
    const reads = counted();
    const response = await fetch(`${url}/ipfs/${below}`);
    expect(response.status).toBe(413);
    expect(reads.mock.calls.length).toBeLessThan(4010);
  });
});

describe('adding', () => {
  test('refuses chunks that cost more than they hold', async () => {
    const body = new FormData();
    body.append('file', new Blob(['abc']), 'a');
    const response = await fetch(`${url}/api/v0/add?chunker=size-1023`, { method: 'POST', body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ Message: expect.stringContaining('SERVER_INVALID_ARGUMENT') });
    expect(parseAddOptions({ chunker: 'size-1024' }).chunkBytes).toBe(1024);
  });

  test('with only-hash keeps no list of blocks', async () => {
    const kept = vi.spyOn(Array.prototype, 'push');
    const options = parseAddOptions({ 'only-hash': 'true', chunker: 'size-1024' });
    const bytes = new Uint32Array(50 * 256).map((_, i) => i);
    await node.add([{ content: new Uint8Array(bytes.buffer) }], options);
    const cids = kept.mock.calls.filter(([item]) => CID.asCID(item) !== null).length;
    kept.mockRestore();
    expect(cids).toBe(0);
  });
});
