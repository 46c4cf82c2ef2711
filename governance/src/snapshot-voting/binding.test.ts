import { codecs, connect, placeOf, proposeTask } from '@covey/client';
import { memoryStore, quartersTask } from '@covey/client/testing';
import { encodeTaskDocument } from '@covey/protocol';
import {
  createWalletClient,
  custom,
  encodeFunctionData,
  getAddress,
  numberToHex,
  parseEther,
  publicActions,
} from 'viem';
import type { Address, Hex, PublicClient } from 'viem';
import { deployContract, readContract, waitForTransactionReceipt, writeContract } from 'viem/actions';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { coveyTokenAbi, policyAbi, snapshotVotingAbi, taskManagerAbi } from '@covey/contracts/abi';
import { params } from '@covey/contracts/abi/enums';
import { setPolicy } from '../catalogue/policy.ts';
import { approveTask } from '../catalogue/tasks.ts';
import { updateVotingSettings } from '../catalogue/voting.ts';
import { auditPermissions } from '../deploy/audit.ts';
import { prepareSnapshotVotingUninstall } from '../deploy/snapshot-voting.ts';
import { messageId } from '../snapshot/envelope.ts';
import { readTaskDecision } from '../provenance/read-task-decision.ts';
import { createBindingWorld } from '../testing/binding-world.ts';
import type { BindingWorld } from '../testing/binding-world.ts';
import { compile } from '../testing/compile.ts';
import { testVotingSettings } from '../testing/covey.ts';
import { viemSigner } from '../testing/snapshot-inbox.ts';
import { decide, testSnapshotSettings } from '../testing/snapshot-voting.ts';
import {
  executeBound,
  findSnapshotVoting,
  getBoundProposal,
  getSnapshotSettings,
  hashActions,
  listBoundProposals,
  pluginsField,
  submitVotes,
  updateSnapshotSettings,
} from './index.ts';

const million = parseEther('1000000');
/** Brings votes on chain; has none itself. */
const passerBy = 9;

let world: BindingWorld;
beforeAll(async () => {
  world = await createBindingWorld();
});
afterAll(() => world.close());

const unlockRatio = () =>
  readContract(world.anvil.publicClient, {
    address: world.deployment.policy,
    abi: policyAbi,
    functionName: 'latest',
    args: [params.indexOf('unlockRatio')],
  });

describe('installed by a TokenVoting proposal through the PluginSetupProcessor', () => {
  test('the permissions are exactly the expected ones, and the plugin is found from the chain alone', async () => {
    const { anvil, deployment } = world;
    const { live: _live, ...audit } = await auditPermissions(anvil.covey(deployment));
    expect(audit).toMatchObject({ ok: true, missing: [], unexpected: [], outsiders: [], findings: [] });
    expect(await findSnapshotVoting(anvil.covey(deployment))).toBe(deployment.snapshotVoting);
  });

  test('its settings are those of the proposal, and another one changes them', async () => {
    const { anvil, deployment } = world;
    expect(await getSnapshotSettings(anvil.covey(deployment))).toEqual({
      space: 'covey.eth',
      version: 1,
      settings: testSnapshotSettings,
    });
    const settings = { ...testSnapshotSettings, delay: 7_201 };
    await decide(anvil, { deployment, actions: [updateSnapshotSettings(deployment, settings)] });
    expect(await getSnapshotSettings(anvil.covey(deployment))).toMatchObject({ version: 2, settings });
    await decide(anvil, { deployment, actions: [updateSnapshotSettings(deployment, testSnapshotSettings)] });
  });

  test('it builds the plugins field and hashes actions as we do', async () => {
    const { anvil, deployment } = world;
    const actions = [setPolicy(deployment, [{ param: 'unlockRatio', value: 7n }])];
    const plugin = { address: deployment.snapshotVoting, abi: snapshotVotingAbi } as const;
    const hash = await readContract(anvil.publicClient, { ...plugin, functionName: 'hashActions', args: [actions] });
    expect(hash).toBe(hashActions(actions));
    const field = await readContract(anvil.publicClient, { ...plugin, functionName: 'pluginsField', args: [hash] });
    expect(field).toBe(pluginsField(deployment, hash));
  });
});

describe('a binding vote', () => {
  test('is registered, voted without gas, brought on chain by a passer-by and executed', async () => {
    const { anvil, deployment } = world;
    const value = parseEther('0.5');
    const actions = [setPolicy(deployment, [{ param: 'unlockRatio', value }])];
    const { id, message, cast, read, state } = await world.open({ actions });
    expect(messageId({ kind: 'proposal', message })).toBe(id);
    expect(await state()).toBe('active');
    const votes = [await cast(1, 1), await cast(2, 1, { reason: 'because' }), await cast(3, 2), await cast(4, 3)];

    await world.advanceTo(message.end + 1);
    expect(await state()).toBe('submission');
    const done = await submitVotes(anvil.covey(deployment, passerBy), { id, envelopes: votes });
    expect(done).toMatchObject({ counted: 4, skipped: [], rejected: [] });
    const proposal = await read();
    expect(proposal.tally).toEqual({ forVotes: 2n * million, against: million, abstain: million, voters: 4n });

    await world.advanceTo(proposal.submissionEnd + 1);
    expect(await state()).toBe('queued');
    await expect(executeBound(anvil.covey(deployment, passerBy), { id })).rejects.toMatchObject({ got: 'WrongState' });
    await world.advanceTo(proposal.executableFrom);
    expect(await state()).toBe('executable');
    await executeBound(anvil.covey(deployment, passerBy), { id });
    expect(await state()).toBe('executed');
    expect(await unlockRatio()).toBe(value);
    await expect(executeBound(anvil.covey(deployment, passerBy), { id })).rejects.toMatchObject({ got: 'WrongState' });
    expect(await listBoundProposals(anvil.covey(deployment), { id })).toMatchObject([
      { id, registrant: anvil.wallet(1).account.address, author: message.from, actions },
    ]);
  });

  test('that approved a task is told by the task’s provenance, with its tally as the chain counted it', async () => {
    const { anvil, deployment } = world;
    const store = memoryStore();
    const keys = [1n, 2n].map((n) => numberToHex(n, { size: 32 }));
    const document = await quartersTask(store, keys, 3_600);
    const cid = await store.putBlock(codecs.dagJson, encodeTaskDocument(document));
    const proposer = anvil.covey(deployment, 10);
    await proposeTask(proposer, { document, cid });
    const actions = [approveTask(deployment, 1n)];
    const { id, message, cast, read } = await world.open({ actions });
    await submitVotes(anvil.covey(deployment, passerBy), { id, envelopes: [await cast(1, 1), await cast(2, 2)] });
    await submitVotes(anvil.covey(deployment, passerBy), { id, envelopes: [await cast(3, 1)] });
    await world.advanceTo((await read()).executableFrom);
    await executeBound(anvil.covey(deployment, passerBy), { id });
    const chain = anvil.covey(deployment);
    const events = { address: deployment.taskManager, abi: taskManagerAbi, args: { taskId: 1n } } as const;
    const [approval] = await chain.events({ ...events, eventName: 'TaskApproved' });
    const approved = placeOf(approval!);
    expect(await readTaskDecision(chain, { taskId: 1n, approved })).toMatchObject({
      by: 'snapshot-voting',
      plugin: deployment.snapshotVoting,
      proposal: id,
      author: message.from,
      registrant: anvil.wallet(1).account.address,
      for: String(2n * million),
      against: String(million),
      abstain: '0',
      voters: 3,
      executed: { transaction: approved.transaction },
      executor: anvil.wallet(passerBy).account.address,
    });
    // What somebody else did in that transaction's place was no vote.
    const elsewhere = { ...approved, transaction: `0x${'11'.repeat(32)}` as Hex };
    expect(await readTaskDecision(chain, { taskId: 1n, approved: elsewhere })).toEqual({ by: 'other', actor: null });
  });

  test('waits as long as TokenVoting needs for a veto, by its settings of that time', async () => {
    const { anvil, deployment } = world;
    const { id, cast, read, state } = await world.open();
    await submitVotes(anvil.covey(deployment, passerBy), { id, envelopes: [await cast(1, 1), await cast(2, 1)] });
    const { submissionEnd, executableFrom, executableUntil } = await read();
    const day = 86_400;
    expect(executableFrom).toBe(submissionEnd + Number(testVotingSettings.minDuration) + day);
    await world.advanceTo(executableFrom - 7_200);
    const slower = { ...testVotingSettings, minDuration: 5_400n };
    await decide(anvil, { deployment, actions: [updateVotingSettings(deployment, slower)] });
    expect(await read()).toMatchObject({ executableFrom: submissionEnd + 5_400 + day, executableUntil });
    await world.advanceTo(executableFrom);
    expect(await state()).toBe('queued');
    await expect(executeBound(anvil.covey(deployment, passerBy), { id })).rejects.toMatchObject({ got: 'WrongState' });
    await world.advanceTo(submissionEnd + 5_400 + day);
    await executeBound(anvil.covey(deployment, passerBy), { id });
    await decide(anvil, { deployment, actions: [updateVotingSettings(deployment, testVotingSettings)] });
  });

  test('of single choice approves with the first choice only', async () => {
    const { anvil, deployment } = world;
    const { id, message, cast, read } = await world.open({
      type: 'single-choice',
      choices: ['Approve: do it', 'Later', 'Never'],
      labels: ['a label'],
      discussion: 'https://forum.example/7',
    });
    const votes = [await cast(1, 1), await cast(2, 2), await cast(3, 3)];
    await submitVotes(anvil.covey(deployment, passerBy), { id, envelopes: votes });
    const { tally, submissionEnd } = await read();
    expect(tally).toEqual({ forVotes: million, against: 2n * million, abstain: 0n, voters: 3n });
    expect(message.labels).toEqual(['a label']);
    await world.advanceTo(submissionEnd + 1);
    expect((await read()).state).toBe('defeated');
  });

  test('counts the latest vote of a voter, also when the earlier one comes afterwards', async () => {
    const { anvil, deployment } = world;
    const { id, cast, read, message } = await world.open();
    const early = await cast(2, 1, { at: message.start + 1 });
    const late = await cast(2, 2, { at: message.start + 2 });
    const latest = await cast(2, 3, { at: message.start + 3 });
    const submit = (...envelopes: (typeof early)[]) =>
      submitVotes(anvil.covey(deployment, passerBy), { id, envelopes });
    expect(await submit(early, late)).toMatchObject({ counted: 1, skipped: [{ reason: 'superseded' }] });
    expect((await read()).tally).toMatchObject({ against: million, forVotes: 0n, voters: 1n });
    expect(await submit(early)).toMatchObject({ counted: 0, skipped: [{ reason: 'counted' }], receipts: [] });
    expect(await submit(latest)).toMatchObject({ counted: 1 });
    expect((await read()).tally).toMatchObject({ against: 0n, abstain: million, voters: 1n });
  });

  test('counts a wallet that is a contract, by ERC-1271', async () => {
    const { anvil, deployment } = world;
    const { OneKeyWallet } = compile('contracts/test/builders/OneKeyWallet.sol');
    const owner = anvil.wallet(7);
    const { abi, bytecode } = OneKeyWallet as NonNullable<typeof OneKeyWallet>;
    const creation = await deployContract(owner, { abi, bytecode, args: [owner.account.address] });
    const { contractAddress } = await waitForTransactionReceipt(owner, { hash: creation });
    const wallet = getAddress(contractAddress as Address);
    const send = async (to: Address, abiOf: typeof abi, functionName: string, args: unknown[]) =>
      waitForTransactionReceipt(owner, {
        hash: await writeContract(owner, { address: to, abi: abiOf, functionName, args }),
      });
    await send(deployment.token, coveyTokenAbi, 'transfer', [wallet, million]);
    const delegate = encodeFunctionData({ abi: coveyTokenAbi, functionName: 'delegate', args: [wallet] });
    await send(wallet, abi, 'call', [deployment.token, delegate]);
    await anvil.testClient.mine({ blocks: 1 });

    const { id, message, read } = await world.open();
    const signer = { ...viemSigner(anvil.accounts[7] as never), address: wallet };
    const vote = { space: 'covey.eth', proposal: id, timestamp: message.start, choice: 1, type: 'basic' as const };
    const byContract = await world.inbox.vote(signer, vote);
    const forged = await world.inbox.vote({ ...viemSigner(anvil.accounts[8] as never), address: wallet }, vote);
    const refused = await submitVotes(anvil.covey(deployment, passerBy), { id, envelopes: [forged] });
    expect(refused).toMatchObject({ counted: 0, skipped: [{ voter: wallet, reason: 'signature' }] });
    const sent = await submitVotes(anvil.covey(deployment, passerBy), {
      id,
      envelopes: [{ ...forged, scheme: 'erc1271' }],
    });
    expect(sent).toMatchObject({ counted: 0, rejected: [{ voter: wallet, reason: 'signature' }] });
    await submitVotes(anvil.covey(deployment, passerBy), { id, envelopes: [byContract] });
    expect((await read()).tally).toMatchObject({ forVotes: million, voters: 1n });
  });

  test('says which votes it does not send, and why', async () => {
    const { anvil, deployment } = world;
    const { id, message, cast } = await world.open();
    const other = await world.inbox.vote(viemSigner(anvil.accounts[1] as never), {
      space: 'covey.eth',
      proposal: `0x${'ab'.repeat(32)}`,
      timestamp: message.start,
      choice: 1,
      type: 'basic',
    });
    const envelopes = [
      other,
      await cast(1, 4),
      await cast(2, 1, { at: message.end + 1 }),
      await cast(3, 1, { from: anvil.wallet(4).account.address }),
      await cast(8, 1),
    ];
    const { skipped, receipts } = await submitVotes(anvil.covey(deployment, passerBy), { id, envelopes });
    expect(skipped.map(({ reason }) => reason)).toEqual(['proposal', 'choice', 'time', 'alias', 'power']);
    expect(receipts).toEqual([]);
  });

  test('goes on where it stopped when a transaction’s answer got lost', async () => {
    const { anvil, deployment } = world;
    const { id, cast, read } = await world.open();
    const votes = [await cast(1, 1), await cast(2, 1), await cast(3, 1)];
    let lost = 0;
    const request = async (question: { method: string }) => {
      const answer: unknown = await anvil.publicClient.request(question as never);
      if (question.method !== 'eth_sendRawTransaction' || lost > 0) return answer;
      lost += 1;
      throw new Error('the line broke');
    };
    const unreliable = createWalletClient({
      account: anvil.wallet(passerBy).account,
      chain: anvil.chain,
      transport: custom({ request }, { retryCount: 0 }),
      pollingInterval: 25,
    }).extend(publicActions);
    const { counted } = await submitVotes(
      connect({ deployment, publicClient: unreliable as unknown as PublicClient, wallet: unreliable }),
      { id, envelopes: votes },
    );
    expect(lost).toBe(1);
    expect(counted).toBe(3);
    expect((await read()).tally.voters).toBe(3n);
  });

  test('an unknown proposal is an error, not zeros', async () => {
    const unknown: Hex = `0x${'cd'.repeat(32)}`;
    const { anvil, deployment } = world;
    await expect(getBoundProposal(anvil.covey(deployment), { id: unknown })).rejects.toMatchObject({
      code: 'GOV_UNKNOWN_PROPOSAL',
    });
    await expect(executeBound(anvil.covey(deployment, 1), { id: unknown })).rejects.toMatchObject({
      code: 'GOV_UNKNOWN_PROPOSAL',
    });
  });
});

// Last: afterwards there is no plugin.
test('taken out by another TokenVoting proposal, it can do nothing any more', async () => {
  const { anvil, deployment } = world;
  const { id, cast, read } = await world.open();
  await submitVotes(anvil.covey(deployment, passerBy), { id, envelopes: [await cast(1, 1)] });
  const { actions } = await prepareSnapshotVotingUninstall(anvil.covey(deployment, passerBy));
  await decide(anvil, { deployment, actions });

  await world.advanceTo((await read()).executableFrom);
  expect((await read()).state).toBe('executable');
  await expect(executeBound(anvil.covey(deployment, passerBy), { id })).rejects.toMatchObject({
    got: 'Unauthorized',
  });
  const { snapshotVoting: _gone, ...rest } = deployment;
  expect((await auditPermissions(anvil.covey(rest))).ok).toBe(true);
  expect(await findSnapshotVoting(anvil.covey(rest))).toBeUndefined();
});
