import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { approveTask, createProposal, setPolicy } from '@covey/governance';
import { toHex } from 'viem';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { covey } from '../testing/covey-process.ts';
import { startTestNetwork, type TestNetwork } from '../testing/test-network.ts';

let network: TestNetwork;
let common: string[];

beforeAll(async () => {
  network = await startTestNetwork();
  const deployment = join(network.folder, 'deployment.json');
  await writeFile(deployment, JSON.stringify(network.deployment));
  common = ['--rpc', network.anvil.rpcUrl, '--deployment', deployment, '--json'];
});
afterAll(() => network?.stop());

async function run(...args: string[]) {
  const running = covey(['proposal', ...args, ...common], {});
  const code = await running.exit;
  return { code, line: running.lines[0]!, stderr: running.stderr };
}

it('simulates a proposal at the end of its vote, and calls of a file; a failing one is exit code 5', async () => {
  const { anvil, deployment, folder } = network;
  const good = setPolicy(deployment, [{ param: 'emissionDaily', value: 7n * 10n ** 18n }]);
  const { proposalId } = await createProposal(anvil.covey(deployment, 0), {
    metadata: 'ipfs://bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku',
    actions: [good],
  });
  const simulated = await run('simulate', '--proposal', `${proposalId}`);
  expect(simulated).toMatchObject({
    code: 0,
    line: {
      schema: 'covey.proposal-simulate/1',
      ok: true,
      state: [{ what: 'policy.emissionDaily', after: `${7n * 10n ** 18n}` }, { what: 'policy.announcedVersion' }],
    },
  });
  const { timestamp } = await network.publicClient.getBlock();
  expect(simulated.line.at).toBeGreaterThanOrEqual(Number(timestamp) + 3_500);

  const file = join(folder, 'calls.json');
  const calls = [good, approveTask(deployment, 9n)].map((call) => ({ ...call, value: `${call.value}` }));
  await writeFile(file, JSON.stringify(calls));
  expect(await run('simulate', '--actions', file)).toMatchObject({
    code: 5,
    line: { ok: false, failure: { index: 1, reason: 'There is no task with this id (task 9).' } },
  });
  const replayed = await run('replay', '--proposal', `${proposalId}`, '--days', '2');
  expect(replayed).toMatchObject({
    code: 0,
    line: {
      schema: 'covey.proposal-replay/1',
      exact: true,
      changes: [{ param: 'emissionDaily', value: `${7n * 10n ** 18n}` }],
      emission: { days: [{ proposed: `${7n * 10n ** 18n}` }, { proposed: `${7n * 10n ** 18n}` }] },
    },
  });
});

it('takes numbers one by one, and refuses what is no input', async () => {
  expect(await run('replay', '--set', 'rankRatio=1', '--set', 'minWindow=2')).toMatchObject({
    code: 0,
    line: { exact: true, rounds: [], notReplayed: [{ param: 'minWindow', reason: 'timing' }] },
  });
  expect((await run('replay', '--set', 'rankratio=1')).code).toBe(2);
  expect(await run('simulate')).toMatchObject({ code: 2, line: { error: { code: 'CONFIG_INVALID' } } });
  const file = join(network.folder, 'bad.json');
  await writeFile(file, JSON.stringify([{ to: '0x1', value: toHex(1n), data: 'zz' }]));
  expect(await run('simulate', '--actions', file)).toMatchObject({
    code: 2,
    line: { error: { code: 'CONFIG_INVALID' } },
  });
  expect(await run('simulate', '--proposal', '99')).toMatchObject({
    code: 2,
    line: { error: { code: 'GOV_UNKNOWN_PROPOSAL' } },
  });
});
