import { connect } from '@covey/client';
import type { PublicClient } from 'viem';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cast, startTestNetwork, type TestNetwork } from '../testing/test-network.ts';

let network: TestNetwork;

beforeAll(async () => {
  network = await startTestNetwork();
});

afterAll(async () => {
  await network?.stop();
});

it('a validator does not give up because an endpoint that is behind has the draw without its seats', async () => {
  const { taskId } = await network.task({ rounds: 1 });
  const at = [taskId, 0] as const;
  const [trainer, validator] = [network.trainer(0), network.validator(0)];
  await network.prepare(taskId, [trainer, validator]);
  const keeper = network.keeper();
  await keeper.openRound(taskId);
  await validator.step(...at);
  await trainer.step(...at);
  const before = await network.publicClient.getBlockNumber();
  await network.passWindow(...at, 'commit');
  await keeper.step(...at);
  await trainer.step(...at);
  await keeper.step(...at);
  expect((await validator.entry(...at)).seats).toBe(60);

  // What is asked of the validator without a block is answered as of the block before the draw.
  const behind = new Proxy(network.publicClient, {
    get(client, name, receiver) {
      if (name !== 'readContract') return Reflect.get(client, name, receiver) as unknown;
      return (call: Parameters<PublicClient['readContract']>[0]) =>
        client.readContract(
          call.functionName === 'validator' && call.blockNumber === undefined ? { ...call, blockNumber: before } : call,
        );
    },
  });
  const wallet = network.wallet(cast.firstValidator);
  const lagging = network.validator(0, {
    covey: connect({ deployment: network.deployment, publicClient: behind, wallet }),
  });
  expect(await lagging.entry(...at)).toMatchObject({ stage: 'joined', seats: 0 });
  expect(await lagging.step(...at)).toBe(false);
  expect(network.events.some(({ event }) => event === 'no-seat')).toBe(false);
});
