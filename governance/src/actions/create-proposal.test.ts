import { parseEther } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { approveTask, setScorer } from '../catalogue/index.ts';
import { startAnvil } from '../testing/anvil.ts';
import type { Anvil } from '../testing/anvil.ts';
import { deployTestCovey } from '../testing/covey.ts';
import { createProposal, delegateVotes, getProposal, listProposals } from './index.ts';

let anvil: Anvil;
let deployment: Deployment;
beforeAll(async () => {
  anvil = await startAnvil({ accounts: 4 });
  const genesis = [
    { recipient: anvil.wallet(1).account.address, amount: parseEther('1000000') },
    { recipient: anvil.wallet(2).account.address, amount: parseEther('999') },
  ];
  ({ deployment } = await deployTestCovey(anvil, { genesis }));
  for (const holder of [1, 2]) await delegateVotes(anvil.covey(deployment, holder));
});
afterAll(() => anvil.stop());

test('what is proposed can be read back from the chain, whole', async () => {
  const actions = [approveTask(deployment, 1n), setScorer(deployment, `0x${'ab'.repeat(32)}`)];
  const covey = anvil.covey(deployment, 1);
  const { proposalId, startDate, endDate, receipt } = await createProposal(covey, {
    metadata: 'ipfs://bafyexample',
    actions,
    vote: 'yes',
  });
  expect(endDate - startDate).toBe(3_600n);
  expect(await getProposal(anvil.covey(deployment), { proposalId })).toEqual({
    id: proposalId,
    creator: covey.sender.address,
    metadata: 'ipfs://bafyexample',
    state: 'active',
    canExecute: false,
    startDate,
    endDate,
    snapshotBlock: receipt.blockNumber - 1n,
    mode: 'standard',
    supportThreshold: 500_000,
    minVotingPower: parseEther('530000'), // a thousandth of all tokens, vesting ones included
    tally: { abstain: 0n, yes: parseEther('1000000'), no: 0n },
    actions,
    allowFailureMap: 0n,
  });
});

test('ids count up, and the list shows the newest first', async () => {
  const { total } = await listProposals(anvil.covey(deployment));
  for (const metadata of ['a', 'b', 'c']) await createProposal(anvil.covey(deployment, 1), { metadata, actions: [] });
  const all = await listProposals(anvil.covey(deployment));
  expect(all.total).toBe(total + 3);
  expect(all.proposals.slice(0, 3).map((proposal) => proposal.metadata)).toEqual(['c', 'b', 'a']);
  const second = await listProposals(anvil.covey(deployment), { offset: 1, limit: 1 });
  expect(second.proposals.map((proposal) => proposal.metadata)).toEqual(['b']);
  expect((await listProposals(anvil.covey(deployment), { offset: 99 })).proposals).toEqual([]);
});

test('a later start waits', async () => {
  const now = (await anvil.publicClient.getBlock()).timestamp;
  const { proposalId } = await createProposal(anvil.covey(deployment, 1), {
    metadata: 'later',
    actions: [],
    startDate: now + 1_000n,
    endDate: now + 10_000n,
  });
  const state = async () => (await getProposal(anvil.covey(deployment), { proposalId })).state;
  expect(await state()).toBe('pending');
  await anvil.advance(1_000);
  expect(await state()).toBe('active');
});

test('refuses authors below the threshold, and windows that are too short or past', async () => {
  const draft = { metadata: '', actions: [] };
  for (const poor of [2, 3]) {
    await expect(createProposal(anvil.covey(deployment, poor), draft)).rejects.toMatchObject({
      code: 'GOV_PROPOSAL_FORBIDDEN',
    });
  }
  await expect(createProposal(anvil.covey(deployment, 1), { ...draft, startDate: 1n })).rejects.toMatchObject({
    code: 'GOV_DATE_OUT_OF_BOUNDS',
  });
  const now = (await anvil.publicClient.getBlock()).timestamp;
  await expect(createProposal(anvil.covey(deployment, 1), { ...draft, endDate: now + 60n })).rejects.toMatchObject({
    code: 'GOV_DATE_OUT_OF_BOUNDS',
  });
});

test('an unknown proposal is an error, not zeros', async () => {
  await expect(getProposal(anvil.covey(deployment), { proposalId: 999n })).rejects.toMatchObject({
    code: 'GOV_UNKNOWN_PROPOSAL',
  });
});
