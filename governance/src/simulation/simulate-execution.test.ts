import { connect } from '@covey/client';
import { createPublicClient, custom, encodeFunctionData, getAddress, parseEther, zeroAddress } from 'viem';
import type { Address, Hex, PublicClient } from 'viem';
import { getBalance, readContract } from 'viem/actions';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { coveyTokenAbi, daoAbi, policyAbi, taskManagerAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { params } from '@covey/contracts/abi/enums';
import {
  approveTask,
  decodeActions,
  pauseDeposits,
  setPolicy,
  setScorer,
  transferCoins,
  transferTokens,
  updateVotingSettings,
} from '../catalogue/index.ts';
import type { Action } from '../catalogue/index.ts';
import { permissionId } from '../permissions.ts';
import { startAnvil } from '../testing/anvil.ts';
import type { Anvil } from '../testing/anvil.ts';
import { deployTestCovey, testVotingSettings } from '../testing/covey.ts';
import { testTerms } from '../testing/task-terms.ts';
import { readLog } from './logs.ts';
import { simulateExecution } from './index.ts';
import type { SimulateExecutionParameters, SimulationReport } from './index.ts';

const day = 86_400;
const scorer: Hex = `0x${'5c'.repeat(32)}`;
const stranger = getAddress('0x00000000000000000000000000000000000057a1');

let anvil: Anvil;
let deployment: Deployment;
beforeAll(async () => {
  anvil = await startAnvil({ accounts: 2 });
  ({ deployment } = await deployTestCovey(anvil, { scorer }));
  const { token, taskManager, dao } = deployment;
  const client = anvil.wallet(0);
  const approval = { address: token, abi: coveyTokenAbi, functionName: 'approve' } as const;
  await client.writeContract({ ...approval, args: [taskManager, parseEther('10000')] });
  await client.writeContract({
    address: taskManager,
    abi: taskManagerAbi,
    functionName: 'propose',
    args: [{ codec: 0x0129n, digest: scorer }, testTerms(scorer), zeroAddress],
  });
  const payment = { address: token, abi: coveyTokenAbi, functionName: 'transfer' } as const;
  await client.writeContract({ ...payment, args: [dao, parseEther('500')] });
  await anvil.testClient.setBalance({ address: dao, value: parseEther('3') });
});
afterAll(() => anvil.stop());

const simulate = (actions: readonly Action[], more: Partial<SimulateExecutionParameters> = {}) =>
  simulateExecution(anvil.covey(deployment), { actions, ...more });
const setUnlock = (value = 1n) => setPolicy(deployment, [{ param: 'unlockRatio', value }]);
const callTo = (to: Address, data: Hex = '0x01020304'): Action => ({ to, value: 0n, data });
const grant = (where: Address, who: Address, permission: Parameters<typeof permissionId>[0]): Action =>
  callTo(
    deployment.dao,
    encodeFunctionData({ abi: daoAbi, functionName: 'grant', args: [where, who, permissionId(permission)] }),
  );

/** A contract with the code, at an address of its own. */
async function contractWith(code: Hex): Promise<Address> {
  const address = getAddress(`0x${code.slice(2).padStart(40, 'c')}`.slice(0, 42));
  await anvil.testClient.setCode({ address, bytecode: code });
  return address;
}

const whats = (report: SimulationReport) => report.state.map(({ what }) => what);

test('a policy change: old and new number and from when, which action wrote what; and the chain is as it was', async () => {
  const report = await simulate([setUnlock(7n), setScorer(deployment, `0x${'6d'.repeat(32)}`), setUnlock(9n)]);
  const effectiveAt = report.at + 3_600;
  expect(report).toMatchObject({ ok: true, balances: [], from: { contract: 'tokenVoting' } });
  expect(report.gas).toBeGreaterThan(100_000);
  const policy = { contract: 'policy', address: deployment.policy, subject: {} };
  expect(report.state).toEqual([
    { ...policy, what: 'policy.unlockRatio', unit: 'ratio', before: `${4n * 10n ** 17n}`, after: '9', effectiveAt },
    { ...policy, what: 'scorer', unit: 'hash', before: scorer, after: `0x${'6d'.repeat(32)}`, effectiveAt },
    { ...policy, what: 'policy.announcedVersion', unit: 'count', before: '1', after: '4' },
  ]);
  expect(report.calls.map(({ ok, logs }) => [ok, logs.map(({ event }) => event)])).toEqual([
    [true, ['VersionAnnounced', 'PolicyChanged']],
    [true, ['VersionAnnounced', 'ScorerChanged']],
    [true, ['VersionAnnounced', 'PolicyChanged']],
  ]);
  expect(report.logs).toMatchObject([{ contract: 'dao', event: 'Executed' }]);
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  const version = { address: deployment.policy, abi: policyAbi, functionName: 'announcedVersion' } as const;
  expect(await readContract(anvil.publicClient, version)).toBe(1);
});

test('a task approval', async () => {
  const report = await simulate([approveTask(deployment, 1n)]);
  expect(report.state).toEqual([
    {
      contract: 'taskManager',
      address: deployment.taskManager,
      what: 'task.state',
      unit: 'state',
      subject: { taskId: '1' },
      before: 'proposed',
      after: 'approved',
    },
  ]);
});

test('payments from the treasury, in tokens and coins, of everybody whom they reach', async () => {
  const report = await simulate([
    transferTokens(deployment, { to: stranger, amount: parseEther('120') }),
    transferCoins({ to: stranger, amount: parseEther('2') }),
  ]);
  expect(report.ok).toBe(true);
  const dao = { account: deployment.dao, contract: 'dao' };
  expect(report.balances).toHaveLength(4);
  expect(report.balances).toEqual(
    expect.arrayContaining([
      { ...dao, asset: 'coin', before: `${parseEther('3')}`, after: `${parseEther('1')}` },
      { ...dao, asset: 'COVEY', before: `${parseEther('500')}`, after: `${parseEther('380')}` },
      { account: stranger, asset: 'COVEY', before: '0', after: `${parseEther('120')}` },
      { account: stranger, asset: 'coin', before: '0', after: `${parseEther('2')}` },
    ]),
  );
  expect(report.calls[1]?.logs).toMatchObject([{ kind: 'coins', args: { value: `${parseEther('2')}` } }]);
});

test('permissions that are given away, and such that everything needs taken, are called dangerous', async () => {
  const revoke = encodeFunctionData({
    abi: daoAbi,
    functionName: 'revoke',
    args: [deployment.policy, deployment.dao, permissionId('SET_POLICY')],
  });
  const report = await simulate([
    grant(deployment.dao, stranger, 'ROOT'),
    callTo(deployment.dao, revoke),
    grant(deployment.policy, deployment.dao, 'SET_POLICY'),
    callTo(deployment.dao, revoke),
  ]);
  expect(report.state).toMatchObject([
    {
      what: 'permission',
      subject: { permission: 'ROOT', whereContract: 'dao', who: stranger },
      before: false,
      after: true,
      dangerous: true,
    },
    { subject: { permission: 'SET_POLICY', whoContract: 'dao' }, before: true, after: false, dangerous: true },
  ]);
  expect(report.state).toHaveLength(2);
});

test('the action that fails in the middle is named with the contract’s own error; nothing of the others lasts', async () => {
  const report = await simulate([setUnlock(), approveTask(deployment, 9n), setUnlock(2n)]);
  expect(report).toMatchObject({
    ok: false,
    failure: { index: 1, reason: 'There is no task with this id (task 9).', error: 'UnknownTask', args: ['9'] },
    state: [],
    balances: [],
    logs: [],
  });
  expect(report.calls.map(({ status }) => status)).toEqual(['undone', 'failed', 'notReached']);
  expect(report.calls[1]?.failure?.reason).toBe('There is no task with this id (task 9).');
  // The second approval fails only because of the first: a simulation of single calls would not see it.
  const twice = await simulate([approveTask(deployment, 1n), approveTask(deployment, 1n)]);
  expect(twice.failure).toMatchObject({ index: 1, error: 'WrongTaskState' });
  const bounds = await simulate([setPolicy(deployment, [{ param: 'rankRatio', value: 2n * 10n ** 18n }])]);
  expect(bounds.failure?.reason).toMatch(
    /outside its hard bounds.*\(param rankRatio, value 200 %, min 0 %, max 100 %\)/,
  );
  const poor = await simulate([transferCoins({ to: stranger, amount: parseEther('4') })]);
  expect(poor.failure).toMatchObject({ index: 0, reason: 'It reverted without a reason.' });
});

test('an action that is allowed to fail undoes itself alone', async () => {
  const report = await simulate([approveTask(deployment, 9n), setUnlock()], { allowFailureMap: 1n });
  expect(report).toMatchObject({
    ok: true,
    calls: [{ status: 'failed', failure: { error: 'UnknownTask' }, logs: [] }, { status: 'done' }],
  });
  expect(whats(report)).toContain('policy.unlockRatio');
});

test('the failing action of another DAO inside is followed', async () => {
  const { deployment: other } = await deployTestCovey(anvil, {
    genesis: [{ recipient: anvil.accounts[0]!.address, amount: 1n }],
  });
  await anvil.testClient.impersonateAccount({ address: other.dao });
  await anvil.testClient.setBalance({ address: other.dao, value: parseEther('1') });
  await anvil.testClient.sendUnsignedTransaction({
    from: other.dao,
    to: other.dao,
    data: encodeFunctionData({
      abi: daoAbi,
      functionName: 'grant',
      args: [other.dao, deployment.dao, permissionId('EXECUTE')],
    }),
  });
  await anvil.testClient.stopImpersonatingAccount({ address: other.dao });
  await anvil.testClient.mine({ blocks: 1 });
  const actions = [setPolicy(other, [{ param: 'roundFee', value: 1n }]), approveTask(other, 5n)];
  const inner = encodeFunctionData({ abi: daoAbi, functionName: 'execute', args: [scorer, actions, 0n] });
  const report = await simulate([setUnlock(), callTo(other.dao, inner)]);
  expect(report.failure).toEqual({
    index: 1,
    reason: 'There is no task with this id (task 5).',
    error: 'UnknownTask',
    args: ['5'],
    nested: [{ executor: other.dao, index: 1, to: other.taskManager }],
  });
});

test('what only works after some time is run at that time', async () => {
  const { timestamp } = await anvil.publicClient.getBlock();
  const until = Number(timestamp) + 40 * day;
  const pause = [pauseDeposits(deployment, { contract: 'stakeManager', until })];
  expect((await simulate(pause)).failure).toMatchObject({ index: 0, error: 'PauseTooLong' });
  const later = await simulate(pause, { at: Number(timestamp) + 20 * day });
  expect(later).toMatchObject({ ok: true, at: Number(timestamp) + 20 * day });
  expect(later.state).toMatchObject([
    { what: 'deposits.pausedUntil', unit: 'time', contract: 'stakeManager', before: '0', after: `${until}` },
  ]);
});

test('new voting settings, each beside what it was, and checked against TokenVoting’s limits', async () => {
  const settings = { ...testVotingSettings, mode: 'earlyExecution', minDuration: 7_200n } as const;
  const action = updateVotingSettings(deployment, settings);
  expect((await simulate([action])).state).toMatchObject([
    { what: 'voting.mode', unit: 'state', before: 'standard', after: 'earlyExecution' },
    { what: 'voting.minDuration', unit: 'seconds', before: '3600', after: '7200' },
  ]);
  expect(await decodeActions(anvil.covey(deployment), [action])).toMatchObject([
    {
      contract: 'tokenVoting',
      function: 'updateVotingSettings',
      args: [{ value: { votingMode: 1, minDuration: 7_200n } }],
    },
  ]);
  const tooShort = await simulate([updateVotingSettings(deployment, { ...settings, minDuration: 59n })]);
  expect(tooShort.failure).toMatchObject({
    index: 0,
    reason: 'The shortest duration of votes is outside of its bounds (limit 1 h, actual 59 s).',
  });
});

test('whoever may not make the DAO execute is told so', async () => {
  await expect(simulate([setUnlock()], { from: 'snapshotVoting' })).rejects.toMatchObject({
    code: 'GOV_INVALID_ARGUMENT',
  });
  const imposter = { ...deployment, snapshotVoting: stranger };
  const report = await simulateExecution(anvil.covey(imposter), { actions: [setUnlock()], from: 'snapshotVoting' });
  expect(report).toMatchObject({ ok: false, failure: { error: 'Unauthorized' } });
  expect(report.failure).not.toHaveProperty('index');
  expect(report.calls).toMatchObject([{ status: 'notReached' }]);
});

test('new code behind a proxy is dangerous, and unknown contracts show which slots they write', async () => {
  // PUSH1 7, PUSH1 1, SSTORE: writes 7 into slot 1.
  const writer = await contractWith('0x600760015500');
  const upgrade = encodeFunctionData({ abi: daoAbi, functionName: 'upgradeTo', args: [stranger] });
  const failing = await simulate([callTo(deployment.dao, upgrade)]);
  expect(failing.ok).toBe(false); // there is no such code
  const report = await simulate([callTo(writer), callTo(stranger)]);
  expect(report.storage).toEqual([
    {
      address: writer,
      slots: [
        { slot: `0x${'1'.padStart(64, '0')}`, before: `0x${'0'.repeat(64)}`, after: `0x${'7'.padStart(64, '0')}` },
      ],
      more: 0,
    },
  ]);
  expect(report.notes).toEqual([
    { code: 'UNKNOWN_CONTRACT', index: 0 },
    { code: 'NO_CODE', index: 1 },
  ]);
});

test('gas bombs, return bombs, log bombs and the most actions end with an answer', async () => {
  const spin = await contractWith('0x5b5f56'); // JUMPDEST PUSH0 JUMP
  const bomb = await contractWith('0x6201d4c05ffd'); // reverts with 120,000 bytes
  const gift = await contractWith('0x6201d4c05ff3'); // returns as many
  const hugeBomb = await contractWith('0x620f42405ffd'); // a million, which the DAO cannot even copy
  const loud = await contractWith('0x6105dc5b5f5fa06001900380600357'); // writes 1,500 empty logs
  const flood = await contractWith('0x5b5f5fa061ea605a115f57'); // as long as more than 60,000 gas is left
  expect((await simulate([setUnlock(), callTo(spin)])).failure).toMatchObject({ index: 1, error: 'OutOfGas' });
  expect((await simulate([callTo(hugeBomb)])).failure).toMatchObject({ index: 0, error: 'OutOfGas' });
  expect((await simulate([callTo(bomb)])).failure).toMatchObject({
    index: 0,
    reason: 'It reverted with 120000 bytes, more than any error of ours.',
  });
  const generous = await simulate([callTo(gift), setUnlock()]);
  expect(generous.ok).toBe(true);
  expect(JSON.stringify(generous).length).toBeLessThan(50_000);
  expect((await simulate([callTo(loud)])).notes).toContainEqual({ code: 'CUT', what: 'logs', kept: 1_000, of: 1_501 });
  expect(await simulate([callTo(flood), setUnlock()])).toMatchObject({ ok: true, notes: [{ code: 'REDUCED' }] });
  const many = Array.from({ length: 256 }, (_, i) => (i === 200 ? setUnlock() : callTo(stranger, '0x')));
  const all = await simulate(many);
  expect(all.ok).toBe(true);
  expect(all.calls.map(({ logs }) => logs.length).filter((n) => n > 0)).toEqual([2]);
  expect(all.calls[200]?.logs).toHaveLength(2);
  await expect(simulate([...many, setUnlock()])).rejects.toMatchObject({ code: 'GOV_INVALID_ARGUMENT' });
  await expect(simulate([callTo(stranger, `0x${'00'.repeat(131_073)}`)])).rejects.toMatchObject({
    code: 'GOV_INVALID_ARGUMENT',
  });
});

test('a node that never answers is given up, and so is a simulation that nobody wants any more', async () => {
  const silent = createPublicClient({
    transport: custom({
      request: ({ method, params: args }: { method: string; params?: unknown }) =>
        method === 'eth_simulateV1'
          ? new Promise(() => undefined)
          : anvil.publicClient.request({ method, params: args } as never),
    }),
  });
  const covey = connect({ deployment, publicClient: silent as PublicClient });
  const actions = [setUnlock()];
  await expect(simulateExecution(covey, { actions, timeoutMs: 50 })).rejects.toMatchObject({
    code: 'GOV_SIMULATION_TIMEOUT',
  });
  const controller = new AbortController();
  const simulation = simulateExecution(covey, { actions, signal: controller.signal });
  controller.abort(new Error('enough'));
  await expect(simulation).rejects.toThrow('enough');
});

test('a node without simulation still tells success and reason, and that it knows no more', async () => {
  const plain = createPublicClient({
    transport: custom(
      {
        request: ({ method, params: args }: { method: string; params?: unknown }) => {
          if (method === 'eth_simulateV1' || method.startsWith('debug_')) {
            throw Object.assign(new Error('the method does not exist/is not available'), { code: -32601 });
          }
          return anvil.publicClient.request({ method, params: args } as never);
        },
      },
      { retryCount: 0 },
    ),
  });
  const covey = connect({ deployment, publicClient: plain as PublicClient });
  const reduced = (actions: Action[]) => simulateExecution(covey, { actions });
  expect(await reduced([setUnlock()])).toMatchObject({ ok: true, notes: [{ code: 'REDUCED' }], state: [] });
  expect(await reduced([setUnlock(), approveTask(deployment, 9n)])).toMatchObject({
    ok: false,
    failure: { index: 1, reason: 'There is no task with this id (task 9).' },
  });
});

test('what is executed afterwards does what the report said: the same events, balances and values', async () => {
  const { timestamp } = await anvil.publicClient.getBlock();
  const at = Number(timestamp) + 3 * day;
  const actions = [
    setPolicy(deployment, [
      { param: 'unlockRatio', value: 5n },
      { param: 'marketFee', value: 6n },
    ]),
    approveTask(deployment, 1n),
    transferTokens(deployment, { to: stranger, amount: parseEther('20') }),
    transferCoins({ to: stranger, amount: parseEther('1') }),
    grant(deployment.policy, stranger, 'SET_SCORER'),
    updateVotingSettings(deployment, { ...testVotingSettings, supportThreshold: 600_000 }),
  ];
  const report = await simulate(actions, { at });
  expect(report.ok).toBe(true);

  const { testClient, publicClient } = anvil;
  await testClient.impersonateAccount({ address: deployment.tokenVoting });
  await testClient.setBalance({ address: deployment.tokenVoting, value: parseEther('1') });
  await testClient.setNextBlockTimestamp({ timestamp: BigInt(at) });
  const hash = await testClient.sendUnsignedTransaction({
    from: deployment.tokenVoting,
    to: deployment.dao,
    gas: 16_777_216n,
    data: encodeFunctionData({ abi: daoAbi, functionName: 'execute', args: [`0x${'00'.repeat(32)}`, actions, 0n] }),
  });
  const receipt = await publicClient.waitForTransactionReceipt({ hash });
  expect(receipt.status).toBe('success');
  expect(Number(receipt.gasUsed)).toBe(report.gas);

  const said = [...report.calls.flatMap(({ logs }) => logs), ...report.logs].filter(({ kind }) => kind !== 'coins');
  expect(receipt.logs.map((log) => readLog(log, deployment).shown)).toEqual(said);
  for (const { account, asset, after } of report.balances) {
    const real =
      asset === 'coin'
        ? await getBalance(publicClient, { address: account })
        : await readContract(publicClient, {
            address: deployment.token,
            abi: coveyTokenAbi,
            functionName: 'balanceOf',
            args: [account],
          });
    expect([account, asset, `${real}`]).toEqual([account, asset, after]);
  }
  const after = Object.fromEntries(report.state.map(({ what, after: value }) => [what, value]));
  const values = await readContract(publicClient, {
    address: deployment.policy,
    abi: policyAbi,
    functionName: 'valuesAt',
    args: [2],
  });
  expect(after).toEqual({
    'policy.unlockRatio': `${values[params.indexOf('unlockRatio')]}`,
    'policy.marketFee': `${values[params.indexOf('marketFee')]}`,
    'policy.announcedVersion': '2',
    'task.state': 'approved',
    permission: true,
    'voting.supportThreshold': '600000',
  });
  // Once more it would fail: the task is approved already.
  expect((await simulate(actions, { at: at + day })).failure).toMatchObject({ index: 1, error: 'WrongTaskState' });
});
