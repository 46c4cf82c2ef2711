import { once } from 'node:events';
import { taskManagerAbi } from '@covey/contracts/abi';
import { cidToChain, encodeTaskDocument, taskTerms } from '@covey/protocol';
import { create } from 'kubo-rpc-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endpoints } from './schema/index.ts';
import { startProcess } from './testing/process.ts';
import { taskDocument } from './testing/round.ts';
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
      ]);
    }
    child.kill('SIGKILL');
    await exited;
  }
  const { child, url } = await startProcess(world);
  const exited = once(child, 'exit');
  const names = async () => {
    const page = endpoints.tasks.schema.parse(await (await fetch(`${url}${endpoints.tasks.path()}`)).json());
    return page.items.map(({ name }) => name).reverse();
  };
  await expect.poll(names, { timeout: 30_000 }).toEqual(Array.from({ length: proposed }, (_, i) => `Task ${i + 1}`));
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
}, 300_000);
