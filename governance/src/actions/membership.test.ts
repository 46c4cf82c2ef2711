import { Sender } from '@covey/client';
import { getAddress, isAddress, parseEther } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { coveyTokenAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { buildActions, grantPermission } from '../catalogue/index.ts';
import { transact } from '../transact.ts';
import type { LocalOsxFramework } from '../deploy/framework.ts';
import { permissionId } from '../permissions.ts';
import { startAnvil } from '../testing/anvil.ts';
import type { Anvil } from '../testing/anvil.ts';
import { deployTestCovey, testVotingSettings } from '../testing/covey.ts';
import { decide, installSnapshotVoting } from '../testing/snapshot-voting.ts';
import { changeVote, createProposal, joinDao, listDelegators, readDao, veto, vote } from './index.ts';

const million = parseEther('1000000');
let anvil: Anvil;
let framework: LocalOsxFramework;
let deployment: Deployment;
beforeAll(async () => {
  anvil = await startAnvil({ accounts: 5 });
  const genesis = [1, 2, 3].map((i) => ({ recipient: anvil.wallet(i).account.address, amount: million }));
  ({ framework, deployment } = await deployTestCovey(anvil, {
    genesis,
    votingSettings: { mode: 'voteReplacement' },
  }));
});
afterAll(() => anvil.stop());
const address = (account: number) => anvil.wallet(account).account.address;

describe('joining', () => {
  test('tokens count once their holder has joined, and joining twice changes nothing', async () => {
    const joined = await joinDao(anvil.covey(deployment, 1));
    expect(joined).toMatchObject({ delegate: address(1), units: million });
    expect(joined.hash).toMatch(/^0x/);
    expect(await joinDao(anvil.covey(deployment, 1))).toEqual({ ...joined, hash: undefined });
    await expect(joinDao(anvil.covey(deployment, 4))).rejects.toMatchObject({ code: 'GOV_NO_VOTING_POWER' });
  });

  test('delegators are those who are still there, the largest first', async () => {
    await joinDao(anvil.covey(deployment, 2), { delegatee: address(1) });
    await joinDao(anvil.covey(deployment, 3), { delegatee: address(1) });
    await transact(new Sender({ wallet: anvil.wallet(3) }), {
      address: deployment.token,
      abi: coveyTokenAbi,
      functionName: 'transfer',
      args: [address(2), 1n],
      what: 'transfer',
    });
    const delegators = () => listDelegators(anvil.covey(deployment), { delegate: address(1) });
    expect(await delegators()).toEqual([
      { address: address(2), units: million + 1n },
      { address: address(1), units: million },
      { address: address(3), units: million - 1n },
    ]);
    await joinDao(anvil.covey(deployment, 2), { delegatee: address(2) });
    expect((await delegators()).map((delegator) => delegator.address)).toEqual([address(1), address(3)]);
  });
});

describe('a vote can be changed', () => {
  test('where the mode allows it, and only by who has voted', async () => {
    const { proposalId } = await createProposal(anvil.covey(deployment, 1), { metadata: '', actions: [] });
    const at = { proposalId };
    await expect(changeVote(anvil.covey(deployment, 1), { ...at, option: 'no' })).rejects.toMatchObject({
      code: 'GOV_VOTE_FORBIDDEN',
    });
    await vote(anvil.covey(deployment, 1), { ...at, option: 'yes' });
    expect(await changeVote(anvil.covey(deployment, 1), { ...at, option: 'no' })).toMatchObject({
      before: 'yes',
      votingPower: 2n * million - 1n,
    });
    await anvil.advance(3_601);

    const standard = { ...testVotingSettings, supportThreshold: 500_000n, minParticipation: 1_000n };
    await decide(anvil, {
      deployment,
      actions: buildActions(deployment, [{ kind: 'voting.settings', values: standard }]),
    });
    const final = await createProposal(anvil.covey(deployment, 1), { metadata: '', actions: [], vote: 'yes' });
    await expect(
      changeVote(anvil.covey(deployment, 1), { proposalId: final.proposalId, option: 'no' }),
    ).rejects.toMatchObject({ code: 'GOV_VOTE_FORBIDDEN', got: 'standard' });
  });
});

describe('any DAO can be read from its address alone', () => {
  test('a Covey is found whole, with its plugins, token and settings', async () => {
    const read = await readDao(anvil.publicClient, { dao: deployment.dao });
    expect(read).toMatchObject({ version: '1.4.0', missing: [], audit: { ok: true }, daoUri: '' });
    expect(read.metadata).toMatch(/^ipfs:/);
    const addresses = Object.entries(deployment).map(([name, value]) => [
      name,
      typeof value === 'string' && isAddress(value) ? getAddress(value) : value,
    ]);
    expect(read.covey).toEqual(Object.fromEntries(addresses));
    expect(read.plugins).toEqual([
      {
        address: getAddress(deployment.tokenVoting),
        kind: 'tokenVoting',
        token: getAddress(deployment.token),
        settings: testVotingSettings,
      },
    ]);
  });

  test('with SnapshotVoting installed, and with a permission too many', async () => {
    const installed = await installSnapshotVoting(anvil, { framework, deployment });
    expect((await readDao(anvil.publicClient, { dao: deployment.dao })).covey?.snapshotVoting).toBe(
      getAddress(installed.snapshotVoting),
    );
    await expect(veto(anvil.covey(installed, 1), { id: `0x${'11'.repeat(32)}`, metadata: '' })).rejects.toMatchObject({
      code: 'GOV_UNKNOWN_PROPOSAL',
    });
    const surplus = { where: deployment.policy, who: address(4), permissionId: permissionId('SET_SCORER') };
    await decide(anvil, { deployment, actions: [grantPermission(deployment, surplus)] });
    const { audit } = await readDao(anvil.publicClient, { dao: deployment.dao });
    expect(audit).toMatchObject({ ok: false, outsiders: [{ permission: 'SET_SCORER', who: address(4) }] });
  });

  test('another DAO is read too, and is no Covey; and what is no DAO is refused', async () => {
    const { covey, missing, plugins, audit } = await readDao(anvil.publicClient, { dao: framework.managingDao });
    expect({ covey, plugins, audit }).toEqual({ covey: undefined, plugins: [], audit: undefined });
    expect(missing).toContain('token');
    await expect(readDao(anvil.publicClient, { dao: deployment.token })).rejects.toMatchObject({
      code: 'GOV_INVALID_ARGUMENT',
    });
  });
});
