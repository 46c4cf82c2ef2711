import { createCovey, Sender } from '@covey/client';
import { parseEther } from 'viem';
import { readContract } from 'viem/actions';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { coveyTokenAbi, policyAbi, stakeManagerAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { params } from '@covey/contracts/abi/enums';
import { setPolicy } from '../catalogue/index.ts';
import { transact } from '../transact.ts';
import { auditPermissions } from '../deploy/audit.ts';
import { startAnvil } from '../testing/anvil.ts';
import type { Anvil } from '../testing/anvil.ts';
import { deployTestCovey, testVotingSettings } from '../testing/covey.ts';
import {
  canExecute,
  createProposal,
  delegateVotes,
  execute,
  getProposal,
  getTotalVotes,
  getVote,
  getVotingPower,
  getVotingSettings,
  vote,
} from './index.ts';

const million = parseEther('1000000');
const [holder, staker, opponent, sleeper, passerBy] = [1, 2, 3, 4, 5];

let anvil: Anvil;
let deployment: Deployment;
const unlockRatio = () =>
  readContract(anvil.publicClient, {
    address: deployment.policy,
    abi: policyAbi,
    functionName: 'latest',
    args: [params.indexOf('unlockRatio')],
  });
const propose = (value: bigint) =>
  createProposal(anvil.covey(deployment, holder), {
    metadata: 'ipfs://bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku',
    actions: [setPolicy(deployment, [{ param: 'unlockRatio', value }])],
  });

beforeAll(async () => {
  anvil = await startAnvil({ accounts: 6 });
  const voters = [holder, staker, opponent, sleeper].map((i) => ({
    recipient: anvil.wallet(i).account.address,
    amount: million,
  }));
  ({ deployment } = await deployTestCovey(anvil, { genesis: voters, policy: { policyNotice: 0n } }));
  for (const voter of [holder, staker, opponent]) await delegateVotes(anvil.covey(deployment, voter));

  const client = anvil.wallet(staker);
  await transact(new Sender({ wallet: client }), {
    address: deployment.token,
    abi: coveyTokenAbi,
    functionName: 'approve',
    args: [deployment.stakeManager, million],
    what: 'approve',
  });
  await transact(new Sender({ wallet: client }), {
    address: deployment.stakeManager,
    abi: stakeManagerAbi,
    functionName: 'stake',
    args: [million],
    what: 'stake',
  });
});
afterAll(() => anvil.stop());

test('what votes are made of is read from the contracts', async () => {
  const { token } = createCovey({ deployment, client: anvil.publicClient });
  const [held, staked] = [holder, staker].map((account) => anvil.wallet(account).account.address);
  if (!held || !staked) throw new TypeError('unreachable');
  // Staked tokens are not in the account any more, and what it allowed for them is used up; they vote all the same.
  expect([await token.balance(held), await token.balance(staked)]).toEqual([million, 0n]);
  expect(await token.allowance(staked, deployment.stakeManager)).toBe(0n);
  await transact(new Sender({ wallet: anvil.wallet(staker) }), {
    address: deployment.token,
    abi: coveyTokenAbi,
    functionName: 'approve',
    args: [held, 7n],
    what: 'approve',
  });
  expect([await token.allowance(staked, held), await token.allowance(held, staked)]).toEqual([7n, 0n]);
  expect(await getVotingPower(anvil.covey(deployment), { address: staked })).toMatchObject({ votes: million });
  // Nothing is locked: all votes are the supply, delegated or not.
  const supply = await readContract(anvil.publicClient, {
    address: deployment.token,
    abi: coveyTokenAbi,
    functionName: 'totalSupply',
  });
  expect(await getTotalVotes(anvil.covey(deployment))).toBe(supply);
  expect(await getVotingSettings(anvil.covey(deployment))).toEqual(testVotingSettings);
});

describe('a vote on a governed number', () => {
  test('a holder and a staker outvote an opponent, and the DAO sets the number', async () => {
    const before = await unlockRatio();
    const wanted = before + parseEther('0.1');
    const { proposalId } = await propose(wanted);

    expect((await vote(anvil.covey(deployment, holder), { proposalId, option: 'yes' })).votingPower).toBe(million);
    expect((await vote(anvil.covey(deployment, staker), { proposalId, option: 'yes' })).votingPower).toBe(million);
    expect((await vote(anvil.covey(deployment, opponent), { proposalId, option: 'no' })).votingPower).toBe(million);
    expect(await getProposal(anvil.covey(deployment), { proposalId })).toMatchObject({
      state: 'active',
      canExecute: false,
      tally: { yes: 2n * million, no: million, abstain: 0n },
    });

    await anvil.advance(3_601);
    expect(await canExecute(anvil.covey(deployment), { proposalId })).toBe(true);
    expect(await unlockRatio()).toBe(before);
    await execute(anvil.covey(deployment, passerBy), { proposalId }); // the votes are the permission, not the caller
    expect(await unlockRatio()).toBe(wanted);
    expect((await getProposal(anvil.covey(deployment), { proposalId })).state).toBe('executed');
    expect((await auditPermissions(anvil.covey(deployment))).ok).toBe(true);

    await expect(execute(anvil.covey(deployment, holder), { proposalId })).rejects.toMatchObject({
      code: 'GOV_EXECUTION_FORBIDDEN',
    });
  });

  test('nothing changes against the votes, before the end, or by those who have none', async () => {
    const before = await unlockRatio();
    const { proposalId } = await propose(before - 1n);
    const at = { proposalId };

    const voteOf = (account: number) =>
      getVote(anvil.covey(deployment), { ...at, voter: anvil.wallet(account).account.address });
    expect(await voteOf(holder)).toEqual({ power: million, option: undefined, canVote: true });
    await vote(anvil.covey(deployment, holder), { ...at, option: 'yes' });
    expect(await voteOf(holder)).toEqual({ power: million, option: 'yes', canVote: false });
    expect(await voteOf(sleeper)).toEqual({ power: 0n, option: undefined, canVote: false });
    await expect(getVote(anvil.covey(deployment), { proposalId: 99n, voter: deployment.dao })).rejects.toMatchObject({
      code: 'GOV_UNKNOWN_PROPOSAL',
    });
    await expect(execute(anvil.covey(deployment, holder), at)).rejects.toMatchObject({
      code: 'GOV_EXECUTION_FORBIDDEN',
    });
    await expect(vote(anvil.covey(deployment, holder), { ...at, option: 'yes' })).rejects.toMatchObject({
      code: 'GOV_VOTE_FORBIDDEN',
    });
    // Who never delegated has tokens but no votes; who has nothing has neither.
    for (const nobody of [sleeper, passerBy]) {
      await expect(vote(anvil.covey(deployment, nobody), { ...at, option: 'yes' })).rejects.toMatchObject({
        code: 'GOV_VOTE_FORBIDDEN',
      });
    }
    await vote(anvil.covey(deployment, staker), { ...at, option: 'no' });
    await vote(anvil.covey(deployment, opponent), { ...at, option: 'no' });

    await anvil.advance(3_601);
    await expect(vote(anvil.covey(deployment, sleeper), { ...at, option: 'yes' })).rejects.toMatchObject({
      code: 'GOV_VOTE_FORBIDDEN',
    });
    await expect(execute(anvil.covey(deployment, holder), at)).rejects.toMatchObject({
      code: 'GOV_EXECUTION_FORBIDDEN',
    });
    expect((await getProposal(anvil.covey(deployment), at)).state).toBe('defeated');
    expect(await unlockRatio()).toBe(before);
    await expect(
      transact(new Sender({ wallet: anvil.wallet(holder) }), {
        address: deployment.policy,
        abi: policyAbi,
        functionName: 'set',
        args: [[{ param: params.indexOf('unlockRatio'), value: 0n }]],
        what: 'x',
      }),
    ).rejects.toThrow(/DaoUnauthorized/);
  });

  test('too few votes decide nothing, however clear', async () => {
    const small = anvil.covey(deployment, passerBy);
    await transact(new Sender({ wallet: anvil.wallet(sleeper) }), {
      address: deployment.token,
      abi: coveyTokenAbi,
      functionName: 'transfer',
      args: [small.sender.address, parseEther('2000')],
      what: 'transfer',
    });
    await delegateVotes(small);
    const { proposalId } = await propose(1n);
    await vote(small, { proposalId, option: 'yes' });
    await anvil.advance(3_601);
    expect((await getProposal(anvil.covey(deployment), { proposalId })).state).toBe('defeated');
  });

  test('a decided call that the contract refuses undoes the whole execution', async () => {
    const { proposalId } = await propose(parseEther('2')); // a ratio above 1 is out of bounds
    await vote(anvil.covey(deployment, holder), { proposalId, option: 'yes' });
    await anvil.advance(3_601);
    const before = await unlockRatio();
    await expect(execute(anvil.covey(deployment, holder), { proposalId })).rejects.toMatchObject({
      code: 'CONTRACT_REVERTED',
      got: 'ActionFailed',
    });
    expect(await unlockRatio()).toBe(before);
    expect((await getProposal(anvil.covey(deployment), { proposalId })).state).toBe('succeeded');
  });
});

describe('voting power', () => {
  test('staked tokens keep voting, and nothing counts twice', async () => {
    const address = anvil.wallet(staker).account.address;
    const liquid = await readContract(anvil.publicClient, {
      address: deployment.token,
      abi: coveyTokenAbi,
      functionName: 'balanceOf',
      args: [address],
    });
    expect(liquid).toBe(0n);
    expect(await getVotingPower(anvil.covey(deployment), { address })).toEqual({
      votes: million,
      units: million,
      delegate: address,
    });
    const custodian = await getVotingPower(anvil.covey(deployment), { address: deployment.stakeManager });
    expect(custodian).toEqual({ votes: 0n, units: 0n, delegate: undefined });
  });
});
