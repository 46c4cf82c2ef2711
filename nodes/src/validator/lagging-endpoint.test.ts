import { connect, readRound, readValidator } from '@covey/client';
import type { PublicClient } from 'viem';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { playUntil } from '../testing/play-round.ts';
import { cast, startTestNetwork, type TestNetwork } from '../testing/test-network.ts';

let network: TestNetwork;

beforeAll(async () => {
  network = await startTestNetwork();
});

afterAll(async () => {
  await network?.stop();
});

it('a validator does not give up because an endpoint that is behind has the draw without its seats', async () => {
  const task = await network.task({ rounds: 1 });
  const at = [task.taskId, 0] as const;
  const [trainer, validator] = [network.trainer(0), network.validator(0)];
  await network.prepare(task.taskId, [trainer, validator]);
  await playUntil(network, { task, trainers: [trainer], validators: [validator] }, 0, 'attest');
  const info = await readRound(network.covey, ...at);
  expect((await validator.progress(info)).seats).toBe(240);
  const before = info.openedBlock + 1n;

  // What is asked about the validator without a block is answered as of a block before the draw.
  const behind = new Proxy(network.publicClient, {
    get(client, name, receiver) {
      if (name !== 'readContract') return Reflect.get(client, name, receiver) as unknown;
      return (call: Parameters<PublicClient['readContract']>[0]) =>
        client.readContract(
          call.functionName === 'candidate' && call.blockNumber === undefined ? { ...call, blockNumber: before } : call,
        );
    },
  });
  const wallet = network.wallet(cast.firstValidator);
  const lagging = network.validator(0, {
    covey: connect({ deployment: network.deployment, publicClient: behind, wallet }),
  });
  const { block: _, ...unpinned } = info;
  expect(await readValidator(lagging.covey, unpinned, lagging.address)).toMatchObject({ joined: true, seats: 0 });
  expect(await lagging.step(...at)).toBe(false);
  expect(network.events.some(({ event }) => event === 'no-seat')).toBe(false);
  expect(network.events.filter(({ event }) => event === 'attested')).toHaveLength(1);
});
