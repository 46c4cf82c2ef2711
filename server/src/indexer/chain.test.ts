import { rpcFaults as faults, rpcProxy } from '@covey/client/testing';
import type { Fault, RpcProxy } from '@covey/client/testing';
import { scaled } from '@covey/client/testing/pace';
import { taskManagerAbi } from '@covey/contracts/abi';
import { createProposal } from '@covey/governance';
import { cidToChain, documentCid, encodeTaskDocument, taskTerms } from '@covey/protocol';
import { encodeEventTopics, zeroAddress } from 'viem';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CoveyServer } from '../app.ts';
import { REORG_WINDOW } from './indexer.ts';
import { endpoints, pathOf } from '../schema/index.ts';
import { taskDocument } from '../testing/round.ts';
import { createWorld, read } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

let world: World;
let server: CoveyServer;
let proxy: RpcProxy;

beforeAll(async () => {
  world = await createWorld();
  proxy = await rpcProxy(world.anvil.rpcUrl);
  server = await world.serve({ rpcUrl: proxy.url, publicRpcUrl: world.anvil.rpcUrl });
  await server.caughtUp();
});
afterAll(async () => {
  await world.close();
  await proxy.stop();
});
beforeEach(() => proxy.play(null));

async function propose(): Promise<void> {
  const document = await taskDocument();
  await world.send(0, world.deployment.taskManager, taskManagerAbi, 'propose', [
    cidToChain(documentCid(encodeTaskDocument(document))),
    taskTerms(document),
    zeroAddress,
  ]);
}
const tasks = async () => (await read(server, endpoints.tasks, {})).total;
const health = async (of = server) =>
  (await (await fetch(`${of.url}${pathOf(endpoints.health, {})}`)).json()) as {
    chain: { lastError: string | null; skippedEvents: number };
  };
const [proposed] = encodeEventTopics({ abi: taskManagerAbi, eventName: 'TaskProposed' });

/** Both ways in which an endpoint tells of logs. */
function alsoReceipts(fault: Fault, receipts: (all: { logs: unknown[] }[]) => unknown): Fault {
  return {
    async answer(call, ask) {
      if (call.method !== 'eth_getBlockReceipts') return await fault.answer?.(call, ask);
      const truth = await ask(call.method, call.params);
      return 'result' in truth ? { result: receipts(truth.result as { logs: unknown[] }[]) } : undefined;
    },
  };
}

describe('newest blocks', () => {
  /** Played while a task is proposed; then the truth, in which the task must still be found. */
  const passing: [string, () => Fault][] = [
    ['that have no receipts yet', () => faults.garbage(['eth_getBlockReceipts'], null)],
    ['whose receipts came as if they were empty', () => faults.garbage(['eth_getBlockReceipts'], [])],
    ['whose receipts lack a log', () => alsoReceipts({}, (all) => all.map((one) => ({ ...one, logs: [] })))],
    ['of a node that lags', () => faults.lagging(2)],
    ['of a node that lags by more than can be reorganised', () => faults.lagging(REORG_WINDOW + 2)],
    ['of nodes of which every other lags', () => faults.swaying(3)],
    ['with a body that ends early', () => faults.truncated()],
    ['with a web page', () => faults.webPage()],
    ['behind dropped connections', () => faults.unreachable()],
    ['behind 429', () => faults.status(429)],
    ['with a block of another form', () => faults.garbage(['eth_getBlockByNumber'], { number: '0x1' })],
  ];
  test.each(passing)('%s lose nothing', async (_, fault) => {
    const before = await tasks();
    proxy.play(fault());
    await propose();
    await expect.poll(() => proxy.played, { timeout: scaled(20_000) }).toBeGreaterThan(3);
    expect(await tasks()).toBeLessThanOrEqual(before + 1);
    proxy.play(null);
    await expect.poll(() => tasks(), { timeout: scaled(60_000) }).toBe(before + 1);
    await server.caughtUp();
    expect((await health()).chain).toMatchObject({ lastError: null, skippedEvents: 0 });
  });

  test('doubled, reordered and removed logs are each one event', async () => {
    for (const fault of [faults.doubled(), faults.reordered(), faults.removed()]) {
      const before = await tasks();
      proxy.play(fault);
      await propose();
      await server.caughtUp();
      expect(await tasks()).toBe(before + 1);
    }
  });
});

test('events of a branch that came while the one before was read are not missed', async () => {
  await server.caughtUp();
  const before = await tasks();
  const snapshot = await world.anvil.testClient.snapshot();
  let replaced = false;
  proxy.play({
    async answer({ method, params }, ask) {
      if (method !== 'eth_getBlockByNumber' || params[0] === 'latest' || replaced) return undefined;
      replaced = true;
      const former = await ask(method, params);
      await world.anvil.testClient.revert({ id: snapshot });
      await propose();
      return former;
    },
  });
  await world.anvil.testClient.mine({ blocks: 1 });
  await expect.poll(() => replaced, { timeout: scaled(20_000) }).toBe(true);
  await server.caughtUp();
  expect(await tasks()).toBe(before + 1);
});

describe('a whole history', () => {
  beforeAll(async () => {
    await world.anvil.testClient.mine({ blocks: 2 * REORG_WINDOW });
    await server.caughtUp();
  });
  const everything = async (of: CoveyServer) =>
    await Promise.all(
      [endpoints.tasks, endpoints.proposals, endpoints.policy, endpoints.stats]
        .map((one) => pathOf(one, {}))
        .map(async (path) => await (await fetch(`${of.url}${path}`)).json()),
    );
  const anew = async () =>
    await world.serve({
      rpcUrl: proxy.url,
      publicRpcUrl: world.anvil.rpcUrl,
      dataDir: `${world.directory}/${Math.random()}`,
    });

  test.each<[string, () => Fault]>([
    ['doubled', () => faults.doubled()],
    ['without any logs', () => faults.empty()],
    ['without one of several logs in a block', () => faults.missing(proposed!)],
    ['in parts of 10 blocks', () => faults.limited(10)],
    ['of nodes of which every other lags', () => faults.swaying(2)],
  ])('%s is indexed as it is', async (_, fault) => {
    proxy.play(fault());
    const other = await anew();
    try {
      await other.caughtUp();
      expect(proxy.played).toBeGreaterThan(0);
      // Of an endpoint that lags what is there at a look need not be the newest yet.
      const truth = await everything(server);
      await expect.poll(() => everything(other), { timeout: scaled(20_000) }).toEqual(truth);
    } finally {
      await other.close();
    }
  });

  test.each<[string, () => Fault, RegExp]>([
    ['with two logs in one place', () => faults.contradicted(), /two logs in one place/],
    ['without receipts', () => faults.garbage(['eth_getBlockReceipts'], null), /does not prove/],
  ])('%s is refused, and read once it is whole', async (_, fault, message) => {
    proxy.play(fault());
    const other = await anew();
    try {
      await expect
        .poll(async () => (await health(other)).chain.lastError, { timeout: scaled(20_000) })
        .toMatch(message);
      proxy.play(null);
      await other.caughtUp();
      expect(await everything(other)).toEqual(await everything(server));
    } finally {
      await other.close();
    }
  });
});

test('one endpoint stands in for another that fails, lags or is of another chain', async () => {
  await server.caughtUp();
  const before = await tasks();
  const second = await rpcProxy(world.anvil.rpcUrl);
  try {
    for (const fault of [faults.unreachable(), faults.lagging(50), faults.garbage(['eth_chainId'], '0x1')]) {
      proxy.play(null);
      second.play(fault);
      const other = await world.serve({
        rpcUrl: `${second.url}, ${proxy.url}`,
        dataDir: `${world.directory}/${Math.random()}`,
      });
      await expect
        .poll(async () => (await read(other, endpoints.tasks, {}).catch(() => undefined))?.total, {
          timeout: scaled(30_000),
        })
        .toBe(before);
      expect(second.played).toBeGreaterThan(0);
      await other.close();
    }
  } finally {
    await second.stop();
  }
});

test('a proposal that never ends is one, and the events after it are indexed', async () => {
  const before = await tasks();
  const { proposalId } = await createProposal(world.anvil.covey(world.deployment, 2), {
    metadata: 'no address of anything',
    actions: [],
    endDate: 2n ** 64n - 1n,
  });
  await propose();
  await expect.poll(tasks).toBe(before + 1);
  const { items } = await read(server, endpoints.proposals, {});
  expect(items).toMatchObject([{ id: proposalId.toString(), state: 'active', endDate: 8_640_000_000_000 }]);
  expect(new Date((items[0]?.endDate ?? 0) * 1000).getUTCFullYear()).toBe(275_760);
  const path = { params: { id: proposalId.toString() } };
  expect(await read(server, endpoints.proposal, path)).toMatchObject({ endDate: 8_640_000_000_000 });
  expect((await health()).chain).toMatchObject({ lastError: null, skippedEvents: 0 });
});
