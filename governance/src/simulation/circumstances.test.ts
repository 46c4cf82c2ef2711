import type { CoveyChain } from '@covey/client';
import { encodeFunctionData, erc20Abi, getAddress, parseEther } from 'viem';
import type { Address, Hex } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { daoAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { decodeActions, grantPermission, revokePermission, transferTokens } from '../catalogue/index.ts';
import type { DecodedAction } from '../catalogue/index.ts';
import { permissionId } from '../permissions.ts';
import { startAnvil } from '../testing/anvil.ts';
import type { Anvil } from '../testing/anvil.ts';
import { deployTestCovey } from '../testing/covey.ts';
import { simulateExecution } from './index.ts';

const attacker = getAddress('0x00000000000000000000000000000000000000aa');
let anvil: Anvil;
let deployment: Deployment;
let covey: CoveyChain;
beforeAll(async () => {
  anvil = await startAnvil({ accounts: 2 });
  ({ deployment } = await deployTestCovey(anvil));
  covey = anvil.covey(deployment);
});
afterAll(() => anvil.stop());

const word = (value: number) => value.toString(16).padStart(4, '0');

/** Does nothing where gas is free (GASPRICE is 0), and the call everywhere else. */
async function pretender(call: Hex): Promise<Address> {
  const data = call.slice(2);
  const body = (offset: number) =>
    `61${word(data.length / 2)}61${word(offset)}5f39${'5f5f'}61${word(data.length / 2)}5f5f73${deployment.dao.slice(2)}5af100`;
  // GASPRICE PUSH2 6 JUMPI STOP JUMPDEST; then CODECOPY and CALL.
  const head = `3a61${word(6)}57005b`;
  const code = `0x${head}${body((head.length + body(0).length) / 2)}${data}` as const;
  const address = getAddress('0x00000000000000000000000000000000000000bb');
  await anvil.testClient.setCode({ address, bytecode: code });
  return address;
}

const permissionsOf = (action: DecodedAction | undefined) => (action?.kind === 'call' ? action.permissions : []);

test('code that is tame where gas is free shows in the simulation what it does where gas has a price', async () => {
  const { dao } = deployment;
  const args = [dao, attacker, permissionId('EXECUTE')] as const;
  const strange = await pretender(encodeFunctionData({ abi: daoAbi, functionName: 'grant', args }));
  const root = { where: dao, who: strange, permissionId: permissionId('ROOT') };
  const actions = [
    grantPermission(deployment, root),
    {
      to: strange,
      value: 0n,
      data: encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [attacker, 1n] }),
    },
    revokePermission(deployment, root),
  ];
  const report = await simulateExecution(covey, { actions });
  expect(report.ok).toBe(true);
  expect(report.state).toMatchObject([{ what: 'permission', subject: { who: attacker }, dangerous: true }]);

  // Before, it was "temporary" and so only a warning.
  const decoded = await decodeActions(covey, actions);
  expect(permissionsOf(decoded[0])).toMatchObject([{ danger: 'total', temporary: true, forSetup: false }]);
});

test('a temporary grant of ROOT to the setup processor is its own only while nothing runs but what it applies', async () => {
  const { dao, pluginSetupProcessor } = deployment;
  const root = { where: dao, who: pluginSetupProcessor, permissionId: permissionId('ROOT') };
  const around = (...between: Parameters<typeof decodeActions>[1][number][]) =>
    decodeActions(covey, [grantPermission(deployment, root), ...between, revokePermission(deployment, root)]);
  for (const actions of [await around(), await around({ to: attacker, value: 0n, data: '0x12345678' })]) {
    expect(permissionsOf(actions[0])).toMatchObject([{ temporary: true, forSetup: false }]);
  }
});

test('an action that is allowed to fail fails alone in the simulation, and the decoded proposal says so', async () => {
  const seller = getAddress('0x00000000000000000000000000000000000000cc');
  // Reverts.
  await anvil.testClient.setCode({ address: seller, bytecode: '0x5f5ffd' });
  const actions = [
    transferTokens(deployment, { to: attacker, amount: 0n }),
    { to: seller, value: 0n, data: '0x12345678' as const },
  ];
  const allowFailureMap = 2n;
  const strict = await simulateExecution(covey, { actions });
  expect(strict).toMatchObject({ ok: false, failure: { index: 1 } });
  const report = await simulateExecution(covey, { actions, allowFailureMap });
  expect(report.ok).toBe(true);
  expect(report.calls.map(({ status }) => status)).toEqual(['done', 'failed']);
  const decoded = await decodeActions(covey, actions, { allowFailureMap });
  expect(decoded.map(({ mayFail }) => mayFail)).toEqual([undefined, true]);
  const within = {
    to: deployment.dao,
    value: 0n,
    data: encodeFunctionData({
      abi: daoAbi,
      functionName: 'execute',
      args: [`0x${'00'.repeat(32)}`, actions, allowFailureMap],
    }),
  };
  const [outer] = await decodeActions(covey, [within]);
  expect(outer?.kind === 'call' && outer.calls.map(({ mayFail }) => mayFail)).toEqual([undefined, true]);
});

test('who pays for the gas of a simulation has it, and no balance of the DAO changes by it', async () => {
  await anvil.testClient.setBalance({ address: deployment.dao, value: parseEther('3') });
  const actions = [{ to: attacker, value: parseEther('1'), data: '0x' as const }];
  const report = await simulateExecution(covey, { actions });
  expect(report.ok).toBe(true);
  expect(report.balances).toMatchObject([
    { account: getAddress(deployment.dao), before: `${parseEther('3')}`, after: `${parseEther('2')}` },
    { account: attacker, before: '0', after: `${parseEther('1')}` },
  ]);
});
