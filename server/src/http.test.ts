import { rpcFaults, rpcProxy } from '@covey/client/testing';
import type { RpcProxy } from '@covey/client/testing';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { taskManagerAbi } from '@covey/contracts/abi';
import { cidToChain, documentCid, encodeTaskDocument, taskTerms } from '@covey/protocol';
import { create } from 'kubo-rpc-client';
import { zeroAddress } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CoveyServer } from './app.ts';
import { endpoints } from './schema/index.ts';
import { listen } from './testing/live-client.ts';
import { taskDocument } from './testing/round.ts';
import { createWorld, read } from './testing/world.ts';
import type { World } from './testing/world.ts';

let world: World;
let server: CoveyServer;
let proxy: RpcProxy;
let webDist: string;

beforeAll(async () => {
  world = await createWorld();
  proxy = await rpcProxy(world.anvil.rpcUrl);
  webDist = join(world.directory, 'web');
  await mkdir(join(webDist, 'assets'), { recursive: true });
  await writeFile(join(webDist, 'index.html'), '<!doctype html><title>Covey</title>');
  await writeFile(join(webDist, 'assets', 'app-1.js'), 'export {};');
  server = await world.serve({ rpcUrl: proxy.url, publicRpcUrl: world.anvil.rpcUrl, webDist });
  await server.caughtUp();
});
afterAll(async () => {
  await world.close();
  await proxy.stop();
});

const propose = async (cid: string) =>
  world.send(0, world.deployment.taskManager, taskManagerAbi, 'propose', [
    cidToChain(cid),
    taskTerms(await taskDocument()),
    zeroAddress,
  ]);

describe('documents', () => {
  const status = async (id: string) => {
    await server.caughtUp();
    return (await read(server, endpoints.task, { params: { id } })).document;
  };

  test('what is no task document is a typed error of the task, never of the index', async () => {
    const ipfs = create({ url: server.url });
    const bad = new TextEncoder().encode('{"schema":"covey.task/2","name":"no more"}');
    const cid = (await ipfs.block.put(bad, { format: 'dag-json' })).toString();
    await propose(cid);
    expect(await status('1')).toMatchObject({
      cid,
      status: 'invalid',
      value: null,
      error: { code: 'PROTOCOL_INVALID_DOCUMENT' },
    });
  });

  test('a document that says other terms than the chain is refused', async () => {
    const other = encodeTaskDocument({ ...(await taskDocument()), minTrainerStake: '1' });
    const cid = (await create({ url: server.url }).block.put(other, { format: 'dag-json' })).toString();
    await propose(cid);
    expect(await status('2')).toMatchObject({ status: 'invalid', error: { code: 'TASK_TERMS_MISMATCH' } });
  });

  test('one that is not there yet appears as soon as it is added', async () => {
    const bytes = encodeTaskDocument({ ...(await taskDocument()), name: 'Late' });
    await propose(documentCid(bytes));
    expect(await status('3')).toMatchObject({ status: 'unavailable', error: { code: 'IPFS_NOT_FOUND' } });
    const live = listen(server.url);
    await live.until(() => true);
    await create({ url: server.url }).block.put(bytes, { format: 'dag-json' });
    await live.until((messages) => messages.some(({ data }) => data.type === 'document'));
    await live.stop();
    expect(await status('3')).toMatchObject({ status: 'ok', value: { name: 'Late' } });
  });
});

describe('HTTP', () => {
  test('config, headers and the page', async () => {
    const config = await read(server, endpoints.config, {});
    expect(config).toMatchObject({
      chainId: 31337,
      demo: true,
      rpcUrl: world.anvil.rpcUrl,
      deployment: world.deployment,
    });
    const page = await fetch(`${server.url}/tasks/1/rounds/0`);
    expect(await page.text()).toContain('<title>Covey</title>');
    expect(page.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    expect(page.headers.get('cross-origin-opener-policy')).toBe('same-origin');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("'wasm-unsafe-eval'");
    expect(policy).toContain(`connect-src 'self' http://127.0.0.1:${world.anvil.port}`);
    expect(policy).not.toContain('upgrade-insecure-requests');
    const asset = await fetch(`${server.url}/assets/app-1.js`);
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect((await fetch(`${server.url}/assets/gone.js`)).status).toBe(404);
  });

  test('errors are typed', async () => {
    const get = async (path: string) => {
      const response = await fetch(`${server.url}${path}`);
      return { status: response.status, ...((await response.json()) as object) };
    };
    expect(await get('/api/v1/tasks/99')).toMatchObject({ status: 404, error: { code: 'SERVER_NOT_FOUND' } });
    expect(await get('/api/v1/tasks/abc')).toMatchObject({ status: 400, error: { code: 'SERVER_INVALID_ARGUMENT' } });
    expect(await get('/api/v1/tasks?limit=1000')).toMatchObject({
      status: 400,
      error: { code: 'SERVER_INVALID_ARGUMENT' },
    });
    expect(await get('/api/v1/tasks?cursor=x')).toMatchObject({
      status: 400,
      error: { code: 'SERVER_INVALID_ARGUMENT' },
    });
    expect(await get('/api/v1/nope')).toMatchObject({ status: 404, error: { code: 'SERVER_NOT_FOUND' } });
    expect(await get('/ipfs/nonsense')).toMatchObject({ status: 400, error: { code: 'IPFS_INVALID_CID' } });
  });

  test('lists are paginated', async () => {
    const first = await read(server, endpoints.tasks, { query: { limit: 2 } });
    expect(first).toMatchObject({ total: 3, nextCursor: '2' });
    const rest = await read(server, endpoints.tasks, { query: { limit: 2, cursor: '2' } });
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(['3', '2', '1']);
    expect(rest.nextCursor).toBeNull();
  });

  test('OpenAPI 3.1 names every route of the API', async () => {
    const document = (await (await fetch(`${server.url}/api/openapi.json`)).json()) as {
      openapi: string;
      paths: object;
    };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        '/api/v1/tasks/{id}/rounds/{round}',
        '/api/v1/config',
        '/api/v1/snapshot/proposals/{digest}',
      ]),
    );
    expect((await fetch(`${server.url}/api/docs`)).status).toBe(200);
  });

  test('live events resume after a lost connection, and say when they cannot', async () => {
    const first = listen(server.url);
    await world.anvil.testClient.mine({ blocks: 1 });
    await first.until((messages) => messages.length > 0);
    await first.stop();
    const last = first.received.at(-1)?.id;
    await propose(documentCid(encodeTaskDocument({ ...(await taskDocument()), name: 'Missed' })));
    await server.caughtUp();
    const second = listen(server.url, last);
    await second.until((messages) =>
      messages.some(({ data }) => data.type === 'TaskProposed' && data.keys.includes('tasks/4')),
    );
    await second.stop();
    const third = listen(server.url, 'another-1');
    await third.until((messages) => messages[0]?.event === 'reset');
    await third.stop();
  });
});

test('an outage of the RPC is shown, survived and caught up with', async () => {
  const health = async () => {
    const response = await fetch(`${server.url}/api/v1/health`);
    return { code: response.status, ...((await response.json()) as { status: string }) };
  };
  expect(await health()).toMatchObject({ code: 200, status: 'ready' });
  proxy.play(rpcFaults.unreachable());
  await expect.poll(health).toMatchObject({ code: 503, status: 'degraded' });
  expect((await fetch(`${server.url}/api/v1/tasks/1`)).status).toBe(200);
  await propose(documentCid(encodeTaskDocument({ ...(await taskDocument()), name: 'Meanwhile' })));
  proxy.play(null);
  await expect.poll(health).toMatchObject({ code: 200, status: 'ready' });
  await server.caughtUp();
  expect((await read(server, endpoints.tasks, {})).total).toBe(5);
});

test('a second process is kept away from the data', async () => {
  await expect(world.serve({})).rejects.toMatchObject({ code: 'SERVER_DATABASE_LOCKED' });
});
