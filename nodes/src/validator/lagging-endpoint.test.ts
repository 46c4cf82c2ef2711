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

type Call = Parameters<PublicClient['readContract']>[0];

/** A validator, on an endpoint that answers some questions about its candidacy as of an earlier block. */
function validatorBehind(n: number, answeredAt: (call: Call) => bigint | undefined) {
  const behind = new Proxy(network.publicClient, {
    get(client, name, receiver) {
      if (name !== 'readContract') return Reflect.get(client, name, receiver) as unknown;
      return (call: Call) => {
        const blockNumber = call.functionName === 'candidate' ? answeredAt(call) : undefined;
        return client.readContract(blockNumber === undefined ? call : { ...call, blockNumber });
      };
    },
  });
  const wallet = network.wallet(cast.firstValidator + n);
  return network.validator(n, { covey: connect({ deployment: network.deployment, publicClient: behind, wallet }) });
}

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
  const lagging = validatorBehind(0, (call) => (call.blockNumber === undefined ? before : undefined));
  const { block: _, ...unpinned } = info;
  expect(await readValidator(lagging.covey, unpinned, lagging.address)).toMatchObject({ joined: true, seats: 0 });
  expect(await lagging.step(...at)).toBe(false);
  expect(network.events.some(({ event }) => event === 'no-seat')).toBe(false);
  expect(network.events.filter(({ event }) => event === 'attested')).toHaveLength(1);
});

it('a validator does not leave a round because of one answer from before the draw, whatever block it asked for', async () => {
  const task = await network.task({ rounds: 1 });
  const at = [task.taskId, 0] as const;
  const [trainer, validator] = [network.trainer(1), network.validator(1)];
  await network.prepare(task.taskId, [trainer, validator]);
  await playUntil(network, { task, trainers: [trainer], validators: [validator] }, 0, 'attest');
  const before = (await readRound(network.covey, ...at)).openedBlock + 1n;
  let asked = 0;
  const torn = validatorBehind(1, () => (asked++ === 0 ? before : undefined));
  // A step that leaves the round is done with it: true.
  expect(await torn.step(...at)).toBe(false);
  expect(await torn.step(...at)).toBe(false);
  const told = network.events.filter((event) => 'taskId' in event && event.taskId === task.taskId);
  expect(told.map(({ event }) => event)).toContain('attested');
  expect(told.map(({ event }) => event)).not.toContain('no-seat');
});
