import { taskManagerAbi } from '@covey/contracts/abi';
import { createProposal } from '@covey/governance';
import { cidToChain, documentCid, encodeTaskDocument, taskTerms } from '@covey/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CoveyServer } from '../app.ts';
import { endpoints } from '../schema/index.ts';
import { alteredRpc } from '../testing/proxy.ts';
import type { RpcAnswer } from '../testing/proxy.ts';
import { taskDocument } from '../testing/round.ts';
import { createWorld, read } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

let world: World;
let server: CoveyServer;
let proxy: Awaited<ReturnType<typeof alteredRpc>>;
/** What a node answers to eth_getLogs in place of the truth; undefined: the truth. */
let onLogs: (
  filter: { toBlock?: string; blockHash?: string },
  ask: (method: string, params: unknown[]) => Promise<RpcAnswer>,
) => Promise<RpcAnswer | undefined> = async () => undefined;

beforeAll(async () => {
  world = await createWorld();
  proxy = await alteredRpc(world.anvil.rpcUrl, async ({ method, params }, ask) => {
    const altered = method === 'eth_getLogs' ? await onLogs(params[0] as object, ask) : undefined;
    return altered ?? ask(method, params);
  });
  server = await world.serve({ rpcUrl: proxy.url, publicRpcUrl: world.anvil.rpcUrl });
  await server.caughtUp();
});
afterAll(async () => {
  await world.close();
  await proxy.close();
});

async function propose(): Promise<void> {
  const document = await taskDocument();
  await world.send(0, world.deployment.taskManager, taskManagerAbi, 'propose', [
    cidToChain(documentCid(encodeTaskDocument(document))),
    taskTerms(document),
  ]);
}
const tasks = async () => (await read(server, endpoints.tasks, {})).total;

test('events that a node did not have yet when it was asked are not missed', async () => {
  const head = await world.anvil.publicClient.getBlockNumber();
  let lagged = false;
  onLogs = async ({ toBlock, blockHash }, ask) => {
    if (lagged) return undefined;
    if (blockHash === undefined) {
      if (BigInt(toBlock ?? 0) <= head) return undefined;
      lagged = true;
      return { result: [] };
    }
    const block = (await ask('eth_getBlockByHash', [blockHash, false])) as { result: { number: string } };
    if (BigInt(block.result.number) <= head) return undefined;
    lagged = true;
    return { error: { code: -32000, message: 'unknown block' } };
  };
  const before = await tasks();
  await propose();
  await expect.poll(() => lagged).toBe(true);
  await server.caughtUp();
  expect(await tasks()).toBe(before + 1);
});

test('events of a branch that came while the one before was read are not missed', async () => {
  const before = await tasks();
  const snapshot = await world.anvil.testClient.snapshot();
  let replaced = false;
  onLogs = async (filter, ask) => {
    if (replaced) return undefined;
    replaced = true;
    const empty = await ask('eth_getLogs', [filter]);
    await world.anvil.testClient.revert({ id: snapshot });
    await propose();
    return empty;
  };
  await world.anvil.testClient.mine({ blocks: 1 });
  await expect.poll(() => replaced).toBe(true);
  await server.caughtUp();
  expect(await tasks()).toBe(before + 1);
});

test('a proposal that never ends is one, and the events after it are indexed', async () => {
  onLogs = async () => undefined;
  const before = await tasks();
  const { proposalId } = await createProposal(world.anvil.wallet(2), {
    deployment: world.deployment,
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
  const health = await read(server, endpoints.health, {});
  expect(health.chain).toMatchObject({ lastError: null, skippedEvents: 0 });
});
