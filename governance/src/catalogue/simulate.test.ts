import { parseEther } from 'viem';
import { readContract } from 'viem/actions';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { policyAbi, tokenVotingAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { startAnvil } from '../testing/anvil.ts';
import type { Anvil } from '../testing/anvil.ts';
import { deployTestCovey, testVotingSettings } from '../testing/covey.ts';
import { decodeActions } from './decode.ts';
import { approveTask, setPolicy, simulateActions, transferCoins, updateVotingSettings } from './index.ts';

let anvil: Anvil;
let deployment: Deployment;
beforeAll(async () => {
  anvil = await startAnvil({ accounts: 1 });
  ({ deployment } = await deployTestCovey(anvil));
});
afterAll(() => anvil.stop());

const simulate = (...actions: Parameters<typeof simulateActions>[0]) =>
  simulateActions(actions, deployment, anvil.publicClient);
const good = () => setPolicy(deployment, [{ param: 'unlockRatio', value: 1n }]);

test('what would work works, and changes nothing', async () => {
  const policy = { address: deployment.policy, abi: policyAbi, functionName: 'version' } as const;
  expect(await simulate(good(), good())).toEqual({ ok: true, results: ['0x', '0x'] });
  expect(await readContract(anvil.publicClient, policy)).toBe(1);
});

test('names the call that fails and the contract’s own error', async () => {
  expect(await simulate(good(), approveTask(deployment, 9n))).toEqual({
    ok: false,
    index: 1,
    reason: 'UnknownTask(9)',
  });
  const outOfBounds = await simulate(setPolicy(deployment, [{ param: 'gamma', value: 10n ** 18n }]));
  expect(outOfBounds).toMatchObject({ ok: false, index: 0 });
  expect((outOfBounds as { reason: string }).reason).toMatch(
    /^ValueOutOfBounds\(0, 1000000000000000000, 0, 500000000000000000\)$/,
  );
});

test('a payment beyond what the DAO has fails', async () => {
  const to = anvil.accounts[0]!.address;
  expect(await simulate(transferCoins({ to, amount: 1n }))).toMatchObject({ ok: false, index: 0 });
  await anvil.testClient.setBalance({ address: deployment.dao, value: parseEther('1') });
  expect(await simulate(transferCoins({ to, amount: 1n }))).toMatchObject({ ok: true });
});

test('new voting settings are decoded, and checked against TokenVoting’s limits', async () => {
  const settings = { ...testVotingSettings, mode: 'earlyExecution', minDuration: 7_200n } as const;
  const action = updateVotingSettings(deployment, settings);
  expect(await simulate(action)).toMatchObject({ ok: true });
  expect(await decodeActions([action], deployment, anvil.publicClient)).toMatchObject([
    {
      contract: 'tokenVoting',
      function: 'updateVotingSettings',
      args: [{ value: { votingMode: 1, minDuration: 7_200n } }],
    },
  ]);
  const tooShort = await simulate(updateVotingSettings(deployment, { ...settings, minDuration: 59n }));
  expect(tooShort).toMatchObject({ ok: false, index: 0, reason: 'MinDurationOutOfBounds(3600, 59)' });
  const voting = { address: deployment.tokenVoting, abi: tokenVotingAbi, functionName: 'minDuration' } as const;
  expect(await readContract(anvil.publicClient, voting)).toBe(3_600n);
});
