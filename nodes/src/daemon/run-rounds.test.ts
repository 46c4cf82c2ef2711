import { setTimeout as sleep } from 'node:timers/promises';
import { scaled } from '@covey/client/testing/pace';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openRound } from '@covey/client';
import { cast, startTestNetwork, type TestNetwork } from '../testing/test-network.ts';
import { runRounds } from './run-rounds.ts';

let network: TestNetwork;

beforeAll(async () => {
  network = await startTestNetwork();
});

afterAll(async () => {
  await network?.stop();
});

it('a step that takes long delays no other round, and is never begun twice; stopping waits for it', async () => {
  const { covey } = network;
  const keeper = network.account(cast.keeper);
  const tasks: bigint[] = [];
  for (let n = 0; n < 2; n++) {
    const { taskId } = await network.task({ rounds: 1 });
    await openRound({ covey: network.account(cast.creator), taskId });
    tasks.push(taskId);
  }
  const [slow, quick] = tasks as [bigint, bigint];
  const begun = new Map<bigint, number>();
  let release = () => {};
  let released = false;
  const stop = new AbortController();
  const running = runRounds({
    role: 'validator',
    address: keeper.sender.address,
    covey,
    pollMs: 10,
    tasks,
    signal: stop.signal,
    onEvent: () => undefined,
    step: async (taskId) => {
      begun.set(taskId, (begun.get(taskId) ?? 0) + 1);
      if (taskId === slow) {
        await new Promise<void>((done) => (release = done));
        released = true;
      }
      return false;
    },
  });
  await expect.poll(() => begun.get(quick)).toBeGreaterThanOrEqual(3);
  expect(begun.get(slow)).toBe(1);
  stop.abort();
  expect(await Promise.race([running.then(() => 'ended'), sleep(scaled(50), 'waits for the step')])).toBe(
    'waits for the step',
  );
  release();
  await running;
  expect(released).toBe(true);
});
