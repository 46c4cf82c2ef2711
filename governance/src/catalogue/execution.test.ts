import {
  encodeAbiParameters,
  encodeFunctionData,
  getAddress,
  keccak256,
  parseEther,
  stringToHex,
  zeroAddress,
} from 'viem';
import type { Address, Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  coveyTokenAbi,
  daoAbi,
  governanceErc20Abi,
  pluginRepoAbi,
  pluginRepoFactoryAbi,
  pluginRepoRegistryAbi,
  pluginSetupProcessorAbi,
  taskManagerAbi,
  tokenVotingSetupAbi,
} from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { daoBytecode } from '@covey/contracts/abi/bytecode/dao';
import { governanceErc20Bytecode } from '@covey/contracts/abi/bytecode/governance-erc20';
import { tokenVotingSetupBytecode } from '@covey/contracts/abi/bytecode/token-voting-setup';
import { eventIn, Sender } from '@covey/client';
import { create } from '../deploy/create.ts';
import { transact } from '../transact.ts';
import { tokenVotingInstallation } from '../deploy/token-voting.ts';
import { prepareSnapshotVoting, publishSnapshotVoting } from '../deploy/snapshot-voting.ts';
import type { LocalOsxFramework } from '../deploy/framework.ts';
import { permissionId } from '../permissions.ts';
import { startAnvil } from '../testing/anvil.ts';
import type { Anvil } from '../testing/anvil.ts';
import { deployTestCovey, testVotingSettings } from '../testing/covey.ts';
import { decide, installSnapshotVoting, testSnapshotSettings } from '../testing/snapshot-voting.ts';
import { testTerms } from '../testing/task-terms.ts';
import type { Action } from './action.ts';
import type { Change, ChangeValue } from './changes/change.ts';
import { decodeActions } from './decode.ts';
import { flattenActions } from './decoded.ts';
import type { DecodedCall } from './decoded.ts';
import { defaultPolicy } from './policy-values.ts';
import { permissionOperations } from './permission-operations.ts';
import { buildActions, formatField, formOf, parseForm, readForms } from './forms/index.ts';
import type { FormValues } from './forms/index.ts';

const stranger = getAddress('0x00000000000000000000000000000000000057a1');
const scorer: Hex = `0x${'5c'.repeat(32)}`;
const nextScorer: Hex = `0x${'6d'.repeat(32)}`;
/** Answers yes to everything, so to what it is asked as a condition too. */
const agreeing = getAddress('0x00000000000000000000000000000000000a9ee5');
const yes: Hex = '0x60015f5260205ff3'; // PUSH1 1, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN
const firstUri = 'ipfs://bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku';

let anvil: Anvil;
let framework: LocalOsxFramework;
let deployment: Deployment;
let otherToken: Address;

beforeAll(async () => {
  anvil = await startAnvil({ accounts: 2 });
  ({ framework, deployment } = await deployTestCovey(anvil, { scorer }));
  deployment = await installSnapshotVoting(anvil, { framework, deployment });
  const client = anvil.wallet(0);
  for (let task = 1; task <= 3; task++) await proposeTask();
  await transact(new Sender({ wallet: client }), {
    address: deployment.token,
    abi: coveyTokenAbi,
    functionName: 'transfer',
    args: [deployment.dao, parseEther('500')],
    what: 'transfer',
  });
  await anvil.testClient.setBalance({ address: deployment.dao, value: parseEther('3') });
  await anvil.testClient.setCode({ address: agreeing, bytecode: yes });
  otherToken = await create(client, {
    abi: governanceErc20Abi,
    bytecode: governanceErc20Bytecode,
    args: [zeroAddress, 'Other', 'OTH', { receivers: [deployment.dao], amounts: [1_000n] }],
    what: 'another token',
  });
});
afterAll(() => anvil.stop());

async function proposeTask(): Promise<void> {
  const client = anvil.wallet(0);
  const { token, taskManager } = deployment;
  const approval = { address: token, abi: coveyTokenAbi, functionName: 'approve', what: 'approve' } as const;
  await transact(new Sender({ wallet: client }), { ...approval, args: [taskManager, parseEther('10000')] });
  const args = [{ codec: 0x0129n, digest: scorer }, testTerms(scorer), zeroAddress] as const;
  await transact(new Sender({ wallet: client }), {
    address: taskManager,
    abi: taskManagerAbi,
    functionName: 'propose',
    args,
    what: 'propose',
  });
}

const keyOf = ({ what, about }: Change) => JSON.stringify([what, ...about.map(({ value }) => value.toLowerCase())]);
const changesIn = (decoded: Awaited<ReturnType<typeof decodeActions>>) =>
  flattenActions(decoded).flatMap(({ changes }) => changes ?? []);
const decodeNow = (actions: readonly Action[], blockNumber?: bigint) =>
  decodeActions(anvil.covey(deployment), actions, blockNumber === undefined ? {} : { blockNumber });

/** Decides by a real proposal; what was said before is what the chain says afterwards, for every value. */
async function decided(actions: readonly Action[]): Promise<Change[]> {
  const decoded = await decodeNow(actions);
  const before = changesIn(decoded);
  expect(before.length).toBeGreaterThan(0);
  await decide(anvil, { deployment, actions });
  const executedIn = await anvil.publicClient.getBlockNumber({ cacheTime: 0 });
  const last = new Map(before.map((change) => [keyOf(change), change]));
  const first = new Map(
    changesIn(await decodeNow(actions))
      .map((change) => [keyOf(change), change] as const)
      .toReversed(),
  );
  for (const [key, { newValue }] of last) expect([key, first.get(key)?.oldValue]).toEqual([key, newValue]);
  // Long after, an archive still says from what to what.
  expect(await decodeNow(actions, executedIn - 1n)).toEqual(decoded);
  return before;
}

async function actionsOf(kind: string, texts: Record<string, string>): Promise<Action[]> {
  const parsed = parseForm(kind, texts, { deployment });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  const actions = buildActions(deployment, [{ kind, values: parsed.values }]);
  expect(readForms(actions, deployment)).toMatchObject([{ values: parsed.values }]);
  return actions;
}

const told = (changes: readonly Change[]) =>
  changes.map(({ what, oldValue, newValue }): [string, ChangeValue | null, ChangeValue | null] => [
    what,
    oldValue,
    newValue,
  ]);
const textsOf = (kind: string, values: FormValues) =>
  Object.fromEntries(
    formOf(kind)!.fields.map((field) => [field.name, formatField(field, values[field.name]!)] as const),
  );

describe('what is decided is what was said', () => {
  const expected: [string, () => Record<string, string>, ReturnType<typeof told>][] = [
    [
      'task.approve',
      () => ({ taskId: '1', multiplier: '0.25' }),
      [
        ['task.state', 'proposed', 'approved'],
        ['task.multiplier', 0n, parseEther('0.25')],
      ],
    ],
    ['task.reject', () => ({ taskId: '2' }), [['task.state', 'proposed', 'rejected']]],
    [
      'task.multiplier',
      () => ({ taskId: '1', multiplier: '0.75' }),
      [['task.multiplier', parseEther('0.25'), parseEther('0.75')]],
    ],
    ['task.stop', () => ({ taskId: '1' }), [['task.state', 'approved', 'stopped']]],
    [
      'policy.set',
      () => ({ param: 'unlockRatio', value: '0.75' }),
      [['policy', defaultPolicy.unlockRatio, parseEther('0.75')]],
    ],
    ['policy.scorer', () => ({ sha256: nextScorer }), [['scorer', scorer, nextScorer]]],
    ['deposits.resume', () => ({ contract: 'modelMarket' }), [['deposits.pausedUntil', 0n, 0n]]],
    ['market.token', () => ({ token: otherToken, allowed: 'true' }), [['market.paymentToken', false, true]]],
    ['custody.set', () => ({ custodian: stranger, custody: 'escrow' }), [['custodian', 'none', 'escrow']]],
    ['treasury.token', () => ({ to: stranger, amount: '120' }), [['balance', parseEther('500'), parseEther('380')]]],
    ['treasury.coin', () => ({ to: stranger, amount: '0.5' }), [['balance', parseEther('3'), parseEther('2.5')]]],
    ['treasury.erc20', () => ({ token: otherToken, to: stranger, amount: '400' }), [['balance', 1_000n, 600n]]],
    [
      'voting.settings',
      () => ({
        mode: 'voteReplacement',
        supportThreshold: '0.6',
        minParticipation: '0.001',
        minDuration: '2h',
        minProposerVotingPower: '1000',
      }),
      [
        ['voting.mode', 'standard', 'voteReplacement'],
        ['voting.supportThreshold', 500_000n, 600_000n],
        ['voting.minParticipation', 1_000n, 1_000n],
        ['voting.minDuration', 3_600n, 7_200n],
        ['voting.minProposerVotingPower', testVotingSettings.minProposerVotingPower, parseEther('1000')],
      ],
    ],
    [
      'snapshot.settings',
      () =>
        textsOf('snapshot.settings', {
          ...(Object.fromEntries(
            Object.entries(testSnapshotSettings).map(([name, value]) => [name, BigInt(value)]),
          ) as FormValues),
          // TokenVoting's two hours, a day and an hour to execute fit into it and the window.
          delay: 10_800n,
        }),
      Object.entries(testSnapshotSettings).map(([name, value]) => [
        `snapshot.${name}`,
        BigInt(value),
        name === 'delay' ? 10_800n : BigInt(value),
      ]),
    ],
    ['dao.metadata', () => ({ uri: 'ipfs://next' }), [['dao.metadata', firstUri, 'ipfs://next']]],
    ['dao.uri', () => ({ uri: 'https://covey.example/dao.json' }), [['dao.uri', '', 'https://covey.example/dao.json']]],
    ['dao.forwarder', () => ({ forwarder: stranger }), [['dao.forwarder', zeroAddress, stranger]]],
    [
      'dao.callback',
      () => ({ interfaceId: '0x12345678', selector: '0x12345678', magic: '0x12345678' }),
      [['dao.callback', false, true]],
    ],
    [
      'permission.grant',
      () => ({ where: 'policy', who: stranger, permission: 'SET_SCORER' }),
      [['permission', 'none', 'granted']],
    ],
    [
      'permission.revoke',
      () => ({ where: 'policy', who: stranger, permission: 'SET_SCORER' }),
      [['permission', 'granted', 'none']],
    ],
    [
      'permission.grant',
      () => ({ where: 'dao', who: stranger, permission: 'EXECUTE', condition: agreeing }),
      [['permission', 'none', agreeing]],
    ],
    [
      'permission.revoke',
      () => ({ where: 'dao', who: stranger, permission: 'EXECUTE' }),
      [['permission', agreeing, 'none']],
    ],
    [
      'upgrade.successor',
      () => ({ contract: 'emission', successor: stranger }),
      [
        ['permission', 'none', 'granted'],
        ['permission', 'none', 'granted'],
      ],
    ],
    [
      'upgrade.retire',
      () => ({ contract: 'emission' }),
      [
        ['permission', 'granted', 'none'],
        ['permission', 'granted', 'none'],
      ],
    ],
  ];

  test.each(expected)('%s', async (kind, texts, wanted) => {
    expect(told(await decided(await actionsOf(kind, texts())))).toEqual(wanted);
  });

  test('deposits.pause', async () => {
    const until = (await anvil.publicClient.getBlock()).timestamp + 20n * 86_400n;
    const actions = await actionsOf('deposits.pause', { contract: 'stakeManager', until: String(until) });
    expect(told(await decided(actions))).toEqual([['deposits.pausedUntil', 0n, until]]);
  });

  test('upgrade.dao and upgrade.proxy: the code that the proxies run', async () => {
    const client = anvil.wallet(0);
    const code = await create(client, { abi: daoAbi, bytecode: daoBytecode, args: [], what: 'DAO' });
    const [dao] = await decided(await actionsOf('upgrade.dao', { implementation: code }));
    expect(dao).toMatchObject({ what: 'implementation', about: [{ label: 'dao' }], newValue: code });
    expect(dao!.oldValue).not.toBe(code);

    const implementation = await client.readContract({
      address: await tokenVotingSetup(),
      abi: tokenVotingSetupAbi,
      functionName: 'implementation',
    });
    const [voting] = await decided(await actionsOf('upgrade.proxy', { proxy: 'tokenVoting', implementation }));
    expect(voting).toMatchObject({ about: [{ label: 'tokenVoting' }], newValue: implementation });
  });

  test('plugin.install and plugin.uninstall, with all their permissions', async () => {
    const client = anvil.wallet(1);
    const { version } = await publishSnapshotVoting(client, { framework, maintainer: deployment.dao });
    const { plugin, actions } = await prepareSnapshotVoting(anvil.covey(deployment, 1), {
      version,
      space: 'other.eth',
      // TokenVoting is slower by now: results must be executable after its time for a veto.
      settings: { ...testSnapshotSettings, executionWindow: 172_800 },
    });
    const [filled] = readForms(actions, deployment);
    expect(filled).toMatchObject({ kind: 'plugin.install', values: { plugin, release: 1n, build: 1n } });
    const decoded = await decodeNow(actions);
    const [root, apply] = decoded as DecodedCall[];
    // Root over the DAO, for as long as the list runs: said, and said that it ends.
    expect(root!.permissions).toMatchObject([{ permission: 'ROOT', danger: 'total', temporary: true, forSetup: true }]);
    expect(apply!.permissions).toMatchObject([
      { operation: 'grant', permission: 'EXECUTE', who: plugin, danger: 'total', temporary: false },
      { permission: 'UPDATE_VOTING_SETTINGS', where: plugin, temporary: false },
      { permission: 'VETO', where: plugin, temporary: false },
    ]);
    const changes = await decided(actions);
    expect(changes.find(({ what }) => what === 'plugin')).toMatchObject({ oldValue: 'none', newValue: '1.1' });

    const receipt = await transact(new Sender({ wallet: client }), {
      address: deployment.pluginSetupProcessor,
      abi: pluginSetupProcessorAbi,
      functionName: 'prepareUninstallation',
      args: [
        deployment.dao,
        {
          pluginSetupRef: { versionTag: version.tag, pluginSetupRepo: version.repo },
          setupPayload: { plugin, currentHelpers: [], data: '0x' },
        },
      ],
      what: 'prepare',
    });
    const { permissions } = eventIn(
      receipt,
      deployment.pluginSetupProcessor,
      pluginSetupProcessorAbi,
      'UninstallationPrepared',
    ).args;
    const asked = permissions.map(({ where, who, permissionId: permission }) => ({
      operation: 'revoke',
      where,
      who,
      permission,
    }));
    const uninstall = await actionsOf('plugin.uninstall', {
      repo: version.repo,
      release: '1',
      build: '1',
      plugin,
      permissions: JSON.stringify(asked),
    });
    const undone = await decided(uninstall);
    expect(undone.find(({ what }) => what === 'plugin')).toMatchObject({ oldValue: '1.1', newValue: 'none' });
    expect(undone.filter(({ what }) => what === 'permission').map(({ newValue }) => newValue)).toEqual([
      'granted',
      'none',
      'none',
      'none',
      'none',
    ]);
  });

  test('plugin.update: version, code and permissions', async () => {
    const client = anvil.wallet(0);
    const { pluginSetupProcessor: processor, dao, token } = deployment;
    const psp = { address: processor, abi: pluginSetupProcessorAbi } as const;
    const published = await transact(new Sender({ wallet: client }), {
      address: framework.pluginRepoFactory,
      abi: pluginRepoFactoryAbi,
      functionName: 'createPluginRepoWithFirstVersion',
      args: ['', await tokenVotingSetup(), client.account.address, stringToHex('r'), stringToHex('b')],
      what: 'publish',
    });
    const repo = eventIn(published, framework.pluginRepoRegistry, pluginRepoRegistryAbi, 'PluginRepoRegistered').args
      .pluginRepo;
    const nextSetup = await tokenVotingSetup();
    const version = { address: repo, abi: pluginRepoAbi, functionName: 'createVersion', what: 'version' } as const;
    await transact(new Sender({ wallet: client }), {
      ...version,
      args: [1, nextSetup, stringToHex('b'), stringToHex('r')],
    });

    const settings = {
      votingMode: 0,
      supportThreshold: 500_000,
      minParticipation: 0,
      minDuration: 3_600n,
      minProposerVotingPower: 1n,
    };
    const install = await transact(new Sender({ wallet: client }), {
      ...psp,
      functionName: 'prepareInstallation',
      args: [
        dao,
        {
          pluginSetupRef: { versionTag: { release: 1, build: 1 }, pluginSetupRepo: repo },
          data: encodeAbiParameters(tokenVotingInstallation, [
            settings,
            { addr: token, name: '', symbol: '' },
            { receivers: [], amounts: [] },
          ]),
        },
      ],
      what: 'prepare',
    });
    const installed = eventIn(install, processor, pluginSetupProcessorAbi, 'InstallationPrepared').args;
    const helpersHash = (helpers: readonly Address[]) =>
      keccak256(encodeAbiParameters([{ type: 'address[]' }], [helpers]));
    const texts = (build: number, setup: typeof installed.preparedSetupData) => ({
      repo,
      release: '1',
      build: String(build),
      plugin: installed.plugin,
      permissions: JSON.stringify(
        setup.permissions.map(({ operation, where, who, permissionId: permission }) => ({
          operation: permissionOperations[operation],
          where,
          who,
          permission,
        })),
      ),
      helpersHash: helpersHash(setup.helpers),
    });
    await decided(await actionsOf('plugin.install', texts(1, installed.preparedSetupData)));

    const update = await transact(new Sender({ wallet: client }), {
      ...psp,
      functionName: 'prepareUpdate',
      args: [
        dao,
        {
          currentVersionTag: { release: 1, build: 1 },
          newVersionTag: { release: 1, build: 2 },
          pluginSetupRepo: repo,
          setupPayload: { plugin: installed.plugin, currentHelpers: installed.preparedSetupData.helpers, data: '0x' },
        },
      ],
      what: 'prepare',
    });
    const prepared = eventIn(update, processor, pluginSetupProcessorAbi, 'UpdatePrepared').args;
    const changes = await decided(
      await actionsOf('plugin.update', { ...texts(2, prepared.preparedSetupData), initData: prepared.initData }),
    );
    expect(changes.find(({ what }) => what === 'plugin')).toMatchObject({ oldValue: '1.1', newValue: '1.2' });
    expect(changes.find(({ what }) => what === 'implementation')).toMatchObject({
      about: [{ value: installed.plugin }],
      newValue: await client.readContract({
        address: nextSetup,
        abi: tokenVotingSetupAbi,
        functionName: 'implementation',
      }),
    });
  });

  async function tokenVotingSetup(): Promise<Address> {
    const client = anvil.wallet(0);
    return create(client, {
      abi: tokenVotingSetupAbi,
      bytecode: tokenVotingSetupBytecode,
      args: [otherToken, otherToken],
      what: 'TokenVotingSetup',
    });
  }
});

describe('calls inside calls', () => {
  test('what another execution does is shown, and its second change starts from the first', async () => {
    const [approve] = await actionsOf('task.approve', { taskId: '3' });
    const [stop] = await actionsOf('task.stop', { taskId: '3' });
    const execute = {
      to: deployment.dao,
      value: 0n,
      data: encodeFunctionData({
        abi: daoAbi,
        functionName: 'execute',
        args: [`0x${'00'.repeat(32)}`, [approve!], 0n],
      }),
    };
    const [outer, after] = (await decodeNow([execute, stop!])) as [DecodedCall, DecodedCall];
    expect(outer.calls).toMatchObject([{ contract: 'taskManager', function: 'approve' }]);
    expect(told(outer.calls[0]!.changes!)).toEqual([['task.state', 'proposed', 'approved']]);
    expect(told(after.changes!)).toEqual([['task.state', 'approved', 'stopped']]);
  });

  test('lists of permissions are unfolded, with the danger of each', async () => {
    const data = encodeFunctionData({
      abi: daoAbi,
      functionName: 'applyMultiTargetPermissions',
      args: [
        [
          {
            operation: 0,
            where: deployment.dao,
            who: '0xFFfFfFffFFfffFFfFFfFFFFFffFFFffffFfFFFfF',
            condition: zeroAddress,
            permissionId: permissionId('EXECUTE'),
          },
          { operation: 1, where: deployment.policy, who: deployment.dao, condition: zeroAddress, permissionId: scorer },
          {
            operation: 2,
            where: deployment.stakeManager,
            who: stranger,
            condition: otherToken,
            permissionId: permissionId('SLASH'),
          },
        ],
      ],
    });
    const [call] = (await decodeNow([{ to: deployment.dao, value: 0n, data }])) as [DecodedCall];
    expect(call.permissions).toMatchObject([
      { permission: 'EXECUTE', danger: 'total', anyone: true },
      { operation: 'revoke', danger: 'unknown' },
      { operation: 'grantWithCondition', permission: 'SLASH', danger: 'high', condition: otherToken, anyone: false },
    ]);
    expect(told(call.changes!)).toEqual([
      ['permission', 'none', 'granted'],
      ['permission', 'none', 'none'],
      ['permission', 'none', otherToken],
    ]);
    expect(call.changes![0]!.about[2]).toMatchObject({ name: 'who', label: 'any' });
  });

  test('more than the treasury has is marked, and an address that answers nothing has no old value', async () => {
    const [poor] = changesIn(await decodeNow(await actionsOf('treasury.token', { to: stranger, amount: '100000' })));
    expect(poor).toMatchObject({ withinBounds: false });
    const [unknown] = changesIn(
      await decodeNow(await actionsOf('treasury.erc721', { token: stranger, to: otherToken, tokenId: '7' })),
    );
    expect(unknown).toMatchObject({ what: 'nft.owner', oldValue: null, newValue: otherToken });
  });
});
