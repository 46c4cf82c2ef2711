import { encodeFunctionData, parseEther, parseEventLogs } from 'viem';
import type { Abi, Address, Hex } from 'viem';
import { deployContract, waitForTransactionReceipt, writeContract } from 'viem/actions';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { coveyTokenAbi, snapshotVotingAbi } from '@covey/contracts/abi';
import { voteRejections } from '@covey/contracts/abi/enums';
import { delegateVotes } from '../actions/delegate-votes.ts';
import type { Action } from '../catalogue/action.ts';
import { setPolicy } from '../catalogue/policy.ts';
import { eventIn, Sender } from '@covey/client';
import { transact } from '../transact.ts';
import { parseEnvelope, wireEnvelope } from '../snapshot/envelope.ts';
import type { EnvelopeOf } from '../snapshot/envelope.ts';
import { createBindingWorld } from '../testing/binding-world.ts';
import type { BindingWorld } from '../testing/binding-world.ts';
import { compile } from '../testing/compile.ts';
import { deployTestCovey, testTreasury } from '../testing/covey.ts';
import { decide, installSnapshotVoting } from '../testing/snapshot-voting.ts';
import {
  executeBound,
  getBoundProposal,
  packVote,
  packVotes,
  registerProposal,
  submitVotes,
  toChainMessage,
  vetoBound,
} from './index.ts';
import type { SignedVote } from './index.ts';

const million = parseEther('1000000');
const passerBy = 9;
/** Has nothing, and votes for itself. */
const pauper = 8;

let world: BindingWorld;
beforeAll(async () => {
  world = await createBindingWorld();
  await token(pauper, 'transfer', [testTreasury, million]);
  await delegateVotes(world.anvil.covey(world.deployment, pauper));
});
afterAll(() => world.close());

const call = async (account: number, address: Address, abi: Abi, functionName: string, args: unknown[]) => {
  const client = world.anvil.wallet(account);
  return transact(new Sender({ wallet: client }), { address, abi, functionName, args, what: functionName });
};
const token = (account: number, functionName: string, args: unknown[]) =>
  call(account, world.deployment.token, coveyTokenAbi, functionName, args);

/** Sends a packed batch as it is, past all that `submitVotes` would sort out; what the contract left out, and why. */
async function sendRaw(id: Hex, packed: Hex, on: Pick<BindingWorld, 'anvil' | 'deployment'> = world) {
  const { logs } = await transact(new Sender({ wallet: on.anvil.wallet(passerBy) }), {
    address: on.deployment.snapshotVoting,
    abi: snapshotVotingAbi,
    functionName: 'submitVotes',
    args: [id, packed],
    what: 'submitVotes',
  });
  return parseEventLogs({ abi: snapshotVotingAbi, eventName: 'VoteRejected', logs }).map(({ args }) => ({
    index: Number(args.index),
    reason: voteRejections[args.reason],
  }));
}

const submit = (id: Hex, ...envelopes: SignedVote[]) =>
  submitVotes(world.anvil.covey(world.deployment, passerBy), { id, envelopes });

/** Registers a message past our own checks, with the contract's word alone. */
async function registerRaw(
  message: EnvelopeOf<'proposal'>['message'],
  actions: readonly Action[],
  on: Pick<BindingWorld, 'anvil' | 'deployment'> = world,
): Promise<Hex> {
  const address = on.deployment.snapshotVoting;
  const receipt = await transact(new Sender({ wallet: on.anvil.wallet(1) }), {
    address,
    abi: snapshotVotingAbi,
    functionName: 'register',
    args: [toChainMessage(message), actions, '0x'],
    what: 'register',
  });
  return eventIn(receipt, address, snapshotVotingAbi, 'ProposalRegistered').args.id;
}

const someActions = () => [setPolicy(world.deployment, [{ param: 'unlockRatio', value: parseEther('0.3') }])];

test('a backdated proposal is not registered, and votes from before its start do not count', async () => {
  const actions = someActions();
  const start = (await world.now()) - 10;
  const message = await world.draft(actions, { start, end: start + 7_200 });
  await expect(registerProposal(world.anvil.covey(world.deployment, 1), { message, actions })).rejects.toMatchObject({
    got: 'StartPassed',
  });

  const { id, cast, message: open } = await world.open();
  const early = await cast(1, 1, { at: open.start - 1 });
  expect(await sendRaw(id, packVote(early))).toEqual([{ index: 0, reason: 'time' }]);
  const late = await cast(1, 1, { at: open.end + 1 });
  expect(await sendRaw(id, packVote(late))).toEqual([{ index: 0, reason: 'time' }]);
});

test('the snapshot block cannot be one to come, nor one of days that suited better', async () => {
  const actions = someActions();
  const { anvil, deployment } = world;
  const register = async (snapshot: number) =>
    registerProposal(anvil.covey(deployment, 1), { message: await world.draft(actions, { snapshot }), actions });
  const head = Number(await anvil.publicClient.getBlockNumber());
  await expect(register(head + 2)).rejects.toMatchObject({ got: 'SnapshotOutOfBounds' });
  await anvil.testClient.mine({ blocks: 101 });
  await expect(register(head)).rejects.toMatchObject({ got: 'SnapshotOutOfBounds' });
});

test('tokens bought after the snapshot block have no vote', async () => {
  const { id, cast, message } = await world.open();
  await token(1, 'transfer', [world.anvil.wallet(pauper).account.address, million]);
  expect(BigInt(message.snapshot)).toBeLessThan(await world.anvil.publicClient.getBlockNumber());
  const vote = await cast(pauper, 1);
  expect(await sendRaw(id, packVote(vote))).toEqual([{ index: 0, reason: 'power' }]);
  // They have stayed where they were when it was decided who votes.
  expect(await submit(id, await cast(1, 2))).toMatchObject({ counted: 1 });
  expect((await getBoundProposal(world.anvil.covey(world.deployment), { id })).tally).toMatchObject({
    forVotes: 0n,
    against: million,
  });
  await token(pauper, 'transfer', [world.anvil.wallet(1).account.address, million]);
});

test('votes and proposals cannot be replayed on another DAO of the same chain', async () => {
  const { anvil } = world;
  const second = await deployTestCovey(anvil);
  for (const voter of [1, 2]) await delegateVotes(anvil.covey(second.deployment, voter));
  const other = { anvil, deployment: await installSnapshotVoting(anvil, second) };
  await expectNoReplay(other);
});

test('nor on another chain on which the same contracts stand at the same addresses', async () => {
  const other = await createBindingWorld({ chainId: 31338 });
  try {
    expect(other.deployment).toEqual({ ...world.deployment, chainId: 31338 });
    await expectNoReplay(other);
  } finally {
    await other.close();
  }
});

async function expectNoReplay(other: Pick<BindingWorld, 'anvil' | 'deployment'>) {
  const heights = () => Promise.all([world, other].map(({ anvil }) => anvil.publicClient.getBlock()));
  const [ahead, behind] = await heights();
  const missing = Number(ahead?.number) - Number(behind?.number);
  if (missing > 0) await other.anvil.testClient.mine({ blocks: missing });
  const [here, there] = await heights();
  const start = Math.max(Number(here?.timestamp), Number(there?.timestamp)) + 60;
  const snapshot = Math.min(Number(here?.number), Number(there?.number)) - 1;
  const { id, cast, message, actions } = await world.open({ start, end: start + 3_600, snapshot });
  const { deployment } = other;
  await expect(registerProposal(other.anvil.covey(deployment, 1), { message, actions })).rejects.toMatchObject({
    code: 'GOV_NOT_BINDABLE',
  });
  // The same fields make another proposal there, for the contract writes where it stands into what it hashes.
  const now = Number((await other.anvil.publicClient.getBlock()).timestamp);
  const later = { ...message, start: Math.max(start, now + 60), end: Math.max(start, now + 60) + 3_600 };
  const replayed = await registerRaw(later, actions, other);
  expect(replayed).not.toBe(id);
  await other.anvil.advance(later.start - now);
  const vote = await cast(2, 1, { at: later.start + 1 });
  expect(await sendRaw(replayed, packVote(vote), other)).toEqual([{ index: 0, reason: 'signature' }]);
  await expect(sendRaw(id, packVote(vote), other)).rejects.toMatchObject({ got: 'UnknownProposal' });
}

test('a vote counts once, however often it is submitted', async () => {
  const { id, cast, read } = await world.open();
  const vote = await cast(2, 1);
  const packed = packVotes([vote, vote, await cast(3, 1), vote])[0]?.packed as Hex;
  expect((await sendRaw(id, packed)).map(({ reason }) => reason)).toEqual(['superseded', 'superseded']);
  expect((await sendRaw(id, packed)).length).toBe(4);
  expect((await read()).tally).toMatchObject({ forVotes: 2n * million, voters: 2n });
});

test('an alias, which hubs accept, decides nothing on chain', async () => {
  const { id, cast, read } = await world.open();
  const principal = world.anvil.wallet(2).account.address;
  const byAlias = await cast(3, 1, { from: principal });
  expect([byAlias.address, byAlias.message.from]).toEqual([world.anvil.wallet(3).account.address, principal]);
  expect(await submit(id, byAlias)).toMatchObject({ skipped: [{ voter: principal, reason: 'alias' }] });
  expect(await sendRaw(id, packVote({ ...byAlias, address: principal }))).toEqual([{ index: 0, reason: 'signature' }]);
  expect((await read()).tally.voters).toBe(0n);
});

test('altered choices and altered actions are not what was signed', async () => {
  const { id, cast, message, actions, read } = await world.open();
  const vote = await cast(2, 2);
  const altered = { ...vote, message: { ...vote.message, choice: 1 } };
  expect(await submit(id, altered)).toMatchObject({ counted: 0, skipped: [{ reason: 'signature' }] });
  expect(await sendRaw(id, packVote(altered))).toEqual([{ index: 0, reason: 'signature' }]);

  const worse = [{ to: world.deployment.token, value: 0n, data: '0x' as Hex }];
  await expect(
    registerProposal(world.anvil.covey(world.deployment, 1), { message, actions: worse }),
  ).rejects.toMatchObject({ code: 'GOV_NOT_BINDABLE' });
  await submit(id, await cast(3, 1), await cast(4, 1));
  await world.advanceTo((await read()).executableFrom);
  const execute = (what: typeof worse) =>
    executeBound(world.anvil.covey(world.deployment, passerBy), { id, actions: what });
  await expect(execute(worse)).rejects.toMatchObject({ got: 'ActionsMismatch' });
  await expect(execute([...actions, ...actions])).rejects.toMatchObject({ got: 'ActionsMismatch' });
  await execute(actions);
});

test('votes that a server withholds are submitted by anyone from the voters’ own copies', async () => {
  const { id, cast, read } = await world.open();
  // What the wallet's own page keeps, and no server gives out.
  const kept = await Promise.all([2, 3].map(async (voter) => JSON.stringify(wireEnvelope(await cast(voter, 1)))));
  const envelopes = kept.map((text) => parseEnvelope(JSON.parse(text)) as EnvelopeOf<'vote'>);
  expect(await submit(id, ...envelopes)).toMatchObject({ counted: 2 });
  expect((await read()).tally.forVotes).toBe(2n * million);
});

test('of a batch with one bad signature the rest counts', async () => {
  const { id, cast, read } = await world.open();
  const [first, bad, last] = [await cast(2, 1), await cast(3, 1), await cast(4, 2)];
  const batch = packVotes([first, { ...bad, signature: first.signature }, last])[0]?.packed as Hex;
  expect(await sendRaw(id, batch)).toEqual([{ index: 1, reason: 'signature' }]);
  expect((await read()).tally).toEqual({ forVotes: million, against: million, abstain: 0n, voters: 2n });
});

test('a batch that ends inside a vote changes nothing', async () => {
  const { id, cast, read } = await world.open();
  const packed = packVotes([await cast(2, 1), await cast(3, 1)])[0]?.packed as Hex;
  await expect(sendRaw(id, packed.slice(0, -2) as Hex)).rejects.toMatchObject({ got: 'BatchMalformed' });
  await expect(sendRaw(id, '0x')).rejects.toMatchObject({ got: 'BatchMalformed' });
  expect((await read()).tally.voters).toBe(0n);
});

test('flash-loaned tokens neither register nor vote', async () => {
  const { anvil, deployment } = world;
  const compiled = compile('contracts/test/builders/FlashLoan.sol');
  const deploy = async (name: string) => {
    const { abi, bytecode } = compiled[name] as { abi: Abi; bytecode: Hex };
    const client = anvil.wallet(7);
    const receipt = await waitForTransactionReceipt(client, {
      hash: await deployContract(client, { abi, bytecode }),
    });
    return { abi, address: receipt.contractAddress as Address };
  };
  const [lender, borrower] = [await deploy('FlashLender'), await deploy('FlashBorrower')];
  await token(6, 'transfer', [lender.address, million]);
  const attack = (voter: Address, target: Address, data: Hex) =>
    call(7, borrower.address, [...borrower.abi, ...snapshotVotingAbi] as Abi, 'attack', [
      lender.address,
      deployment.token,
      million,
      voter,
      target,
      data,
    ]);

  const actions = someActions();
  const register = encodeFunctionData({
    abi: snapshotVotingAbi,
    functionName: 'register',
    args: [toChainMessage(await world.draft(actions)), actions, '0x'],
  });
  await expect(attack(borrower.address, deployment.snapshotVoting, register)).rejects.toMatchObject({
    got: 'NotEnoughPower',
  });

  // Borrowed for the very block at which the votes will be counted.
  const thief = anvil.wallet(pauper).account.address;
  const balance = encodeFunctionData({ abi: coveyTokenAbi, functionName: 'totalSupply' });
  const { blockNumber } = await attack(thief, deployment.token, balance);
  await anvil.testClient.mine({ blocks: 1 });
  const { id, cast, message, read } = await world.open({ snapshot: Number(blockNumber) });
  expect(message.snapshot).toBe(Number(blockNumber));
  expect(await sendRaw(id, packVote(await cast(pauper, 1)))).toEqual([{ index: 0, reason: 'power' }]);
  expect((await read()).tally.voters).toBe(0n);
});

test('tokens that come and go within one block register nothing and vote for nothing', async () => {
  const { anvil, deployment } = world;
  const [rich, poor] = [anvil.wallet(5), anvil.wallet(pauper)];
  const actions = someActions();
  const message = toChainMessage(await world.draft(actions));
  const gas = 500_000n;
  await anvil.testClient.setAutomine(false);
  const transfer = { address: deployment.token, abi: coveyTokenAbi, functionName: 'transfer', gas } as const;
  const hashes: Hex[] = [];
  try {
    // Mined in this order: the price decides, as it would for whoever bribes a builder.
    const priced = (tip: bigint) => ({ maxPriorityFeePerGas: tip, maxFeePerGas: 100_000_000_000n });
    hashes.push(
      await writeContract(rich, { ...transfer, args: [poor.account.address, million], ...priced(3_000_000_000n) }),
      await writeContract(poor, {
        address: deployment.snapshotVoting,
        abi: snapshotVotingAbi,
        functionName: 'register',
        args: [message, actions, '0x'],
        gas,
        ...priced(2_000_000_000n),
      }),
      await writeContract(poor, { ...transfer, args: [rich.account.address, million], ...priced(1_000_000_000n) }),
    );
    await anvil.testClient.mine({ blocks: 1 });
  } finally {
    await anvil.testClient.setAutomine(true);
  }
  const receipts = await Promise.all(hashes.map((hash) => waitForTransactionReceipt(poor, { hash })));
  expect(receipts.map(({ status }) => status)).toEqual(['success', 'reverted', 'success']);
  expect(new Set(receipts.map(({ blockNumber }) => blockNumber)).size).toBe(1);

  await anvil.testClient.mine({ blocks: 1 });
  const { id, cast } = await world.open({ snapshot: Number(receipts[0]?.blockNumber) });
  expect(await sendRaw(id, packVote(await cast(pauper, 1)))).toEqual([{ index: 0, reason: 'power' }]);
  expect(await submit(id, await cast(5, 1))).toMatchObject({ counted: 1 });
});

test('abstentions do not make a quorum', async () => {
  // 7 has not delegated before: a tenth of a million is below the 0.1 % that have to take part.
  await token(7, 'transfer', [testTreasury, parseEther('900000')]);
  await delegateVotes(world.anvil.covey(world.deployment, 7));
  await world.anvil.testClient.mine({ blocks: 1 });
  const { id, cast, read, state } = await world.open();
  await submit(id, await cast(7, 1), await cast(2, 3), await cast(3, 3), await cast(4, 3));
  const { tally, minPower, submissionEnd } = await read();
  expect(tally).toMatchObject({ forVotes: parseEther('100000'), against: 0n, abstain: 3n * million });
  expect(tally.forVotes + tally.abstain).toBeGreaterThan(minPower);
  expect(tally.forVotes).toBeLessThan(minPower);
  await world.advanceTo(submissionEnd + 1);
  expect(await state()).toBe('defeated');
});

test('a flip in the last minute prolongs the submission, so that the others can answer', async () => {
  const { id, cast, read, state } = await world.open();
  await submit(id, await cast(2, 2));
  const { submissionEnd } = await read();
  await world.advanceTo(submissionEnd - 60);
  await submit(id, await cast(3, 1), await cast(4, 1));
  const prolonged = (await read()).submissionEnd;
  expect(prolonged).toBeGreaterThan(submissionEnd + 500);
  await world.advanceTo(submissionEnd + 60);
  await submit(id, await cast(5, 2), await cast(1, 2));
  const last = (await read()).submissionEnd;
  expect(last).toBeGreaterThan(prolonged);
  await world.advanceTo(last + 1);
  expect(await state()).toBe('defeated');
});

test('a flip in the last second of all is vetoed by a TokenVoting proposal, and never executed', async () => {
  const { anvil, deployment } = world;
  const { id, cast, read, state, message } = await world.open();
  let at = message.start;
  const submitAt = async (voter: number, choice: number) => submit(id, await cast(voter, choice, { at: ++at }));
  await submitAt(1, 1);
  await submitAt(2, 1);
  // Each flip in the last seconds buys ten minutes, until the submission has taken twice its window.
  let passes = true;
  for (let end = 0; (await read()).submissionEnd > end; passes = !passes) {
    end = (await read()).submissionEnd;
    await world.advanceTo(end - 5);
    await submitAt(2, passes ? 2 : 1);
  }
  const final = await read();
  expect(final.submissionEnd).toBe(message.end + 2 * 3_600);
  if (!passes) await submitAt(2, 1);
  await world.advanceTo(final.submissionEnd + 1);
  expect(await state()).toBe('queued');

  await expect(call(1, deployment.snapshotVoting, snapshotVotingAbi as Abi, 'veto', [id])).rejects.toMatchObject({
    got: 'DaoUnauthorized',
  });
  await decide(anvil, { deployment, actions: [vetoBound(deployment, id)], voter: 5 });
  expect(await state()).toBe('vetoed');
  await world.advanceTo((await read()).executableFrom);
  await expect(executeBound(anvil.covey(deployment, passerBy), { id })).rejects.toMatchObject({ got: 'WrongState' });
});
