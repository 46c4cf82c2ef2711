import { allocate, connect } from '@covey/client';
import { createWalletClient, http, numberToHex, parseEther, type PublicClient } from 'viem';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestNetwork, type TestNetwork } from '../testing/test-network.ts';
import { Candidates, type Ready } from './candidates.ts';

let network: TestNetwork;

beforeAll(async () => {
  network = await startTestNetwork();
});

afterAll(async () => {
  await network?.stop();
});

it('a crowd without stake that allocates to a task delays its creator once at most', async () => {
  const { taskId } = await network.task({ rounds: 1 });
  const { anvil, deployment, publicClient, covey } = network;
  for (let n = 1n; n <= 40n; n++) {
    const address = numberToHex((1n << 152n) + n, { size: 20 });
    await anvil.testClient.impersonateAccount({ address });
    await anvil.testClient.setBalance({ address, value: parseEther('1') });
    const wallet = createWalletClient({ account: address, chain: anvil.chain, transport: http(anvil.rpcUrl) });
    await allocate(connect({ publicClient, deployment, wallet }), { taskId, role: 'trainer', ratio: 10n ** 18n });
  }
  await network.prepare(taskId, [network.trainer(0), network.validator(0)]);

  let looks = 0;
  const counting = new Proxy(publicClient, {
    get(client, name, receiver) {
      if (name !== 'readContract') return Reflect.get(client, name, receiver) as unknown;
      return (call: Parameters<PublicClient['readContract']>[0]) => {
        if (call.functionName === 'stakeOf') looks++;
        return client.readContract(call);
      };
    },
  });
  const candidates = new Candidates({ ...covey, publicClient: counting }, taskId);
  const enough = ({ trainers, validators, secured }: Ready) => trainers > 0 && validators > 0 && secured;
  const found = { trainers: 1, validators: 1, secured: true };
  expect(await candidates.count(enough)).toEqual(found);
  expect(looks).toBe(42);
  looks = 0;
  expect(await candidates.count(enough)).toEqual(found);
  expect(looks).toBe(16);
  // Who asks for all is told of all.
  looks = 0;
  expect(await candidates.count()).toEqual(found);
  expect(looks).toBe(42);
});
