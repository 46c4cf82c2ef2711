import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { taskManagerAbi } from '@covey/contracts/abi';
import { approveTask, submitVotes } from '@covey/governance';
import { installSnapshotVoting } from '@covey/governance/testing';
import { cidToChain, encodeTaskDocument, taskTerms } from '@covey/protocol';
import { create } from 'kubo-rpc-client';
import { zeroAddress } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endpoints, pathOf } from './schema/index.ts';
import { startProcess } from './testing/process.ts';
import { taskDocument } from './testing/round.ts';
import { advanceTo, announce, pendingVotes } from './testing/voting.ts';
import { createWorld } from './testing/world.ts';
import type { World } from './testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

test('a server that is killed at work starts again and shows everything', async () => {
  let proposed = 0;
  for (let life = 0; life < 2; life++) {
    const { child, url } = await startProcess(world);
    const exited = once(child, 'exit');
    const document = await taskDocument();
    for (let i = 0; i < 3; i++) {
      proposed += 1;
      const bytes = encodeTaskDocument({ ...document, name: `Task ${proposed}` });
      const cid = await create({ url }).block.put(bytes, { format: 'dag-json' });
      await world.send(0, world.deployment.taskManager, taskManagerAbi, 'propose', [
        cidToChain(cid.toString()),
        taskTerms(document),
        zeroAddress,
      ]);
    }
    child.kill('SIGKILL');
    await exited;
  }
  const { child, url } = await startProcess(world);
  const exited = once(child, 'exit');
  const names = async () => {
    const page = endpoints.tasks.answer.parse(await (await fetch(`${url}${pathOf(endpoints.tasks, {})}`)).json());
    return page.items.map(({ name }) => name).reverse();
  };
  await expect.poll(names).toEqual(Array.from({ length: proposed }, (_, i) => `Task ${i + 1}`));
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
});

test('one that is killed again and again while it indexes binding votes gives the answers of one that was not', async () => {
  const data = join(world.directory, 'killed');
  const server = await world.serve({ dataDir: data });
  const deployment = await installSnapshotVoting(world.anvil, world);
  const { id, message, register, vote } = await announce(world, server, {
    deployment,
    actions: [approveTask(deployment, 1n)],
  });
  await register();
  await advanceTo(world, message.start);
  for (const voter of [1, 2, 3, 4]) await vote(voter, voter % 2 === 0 ? 2 : 1);
  for (const envelope of await pendingVotes(server, id)) {
    await submitVotes(world.anvil.covey(deployment, 7), { id, envelopes: [envelope] });
  }
  await server.caughtUp();
  const voter = world.anvil.wallet(1).account.address;
  const paths = [
    pathOf(endpoints.snapshotProposal, { params: { digest: id } }),
    pathOf(endpoints.delegate, { params: { address: voter } }),
    pathOf(endpoints.delegates, { query: { limit: 100 } }),
    pathOf(endpoints.config, {}),
  ];
  const answersOf = (url: string) => Promise.all(paths.map(async (path) => (await fetch(`${url}${path}`)).json()));
  const { rpcUrl } = world.anvil;
  const before = (await answersOf(server.url)).map((answer) => ({ ...answer, rpcUrl }));
  await server.close();
  await rm(join(data, 'index'), { recursive: true });
  for (const milliseconds of [0, 100, 400]) {
    const { child } = await startProcess(world);
    const exited = once(child, 'exit');
    await sleep(milliseconds);
    child.kill('SIGKILL');
    await exited;
  }
  const { child, url } = await startProcess(world);
  const exited = once(child, 'exit');
  const after = async () => (await answersOf(url)).map((answer) => ({ ...answer, rpcUrl }));
  await expect.poll(after).toEqual(before);
  child.kill('SIGTERM');
  await exited;
});
