import { stakeManagerAbi, taskManagerAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi';
import { deployTestCovey, startAnvil, testBeacon } from '@covey/governance/testing';
import type { Anvil } from '@covey/governance/testing';
import {
  attestationCommitment,
  encodeDataset,
  encodeTaskDocument,
  encryptShard,
  keyCommitment,
  modelToBytes,
  parameterRoot,
  resultCommitment,
  samplesRoot,
  scoreRound,
  seedOf,
  sha256Hex,
  submissionCommitment,
  type Architecture,
  type RoundResult,
  type TaskDocument,
} from '@covey/protocol';
import type { Core } from '@covey/wasm-core';
import { loadNodeCore } from '@covey/wasm-core/node';
import { createWalletClient, getAddress, http, keccak256, numberToHex, parseEther, stringToHex } from 'viem';
import type { Address, Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRoundInputs } from '../chain/read-round-inputs.ts';
import { codecs } from '../content/content-store.ts';
import type { ActionEvent } from '../events.ts';
import { signedBeacon } from '../round/beacon-source.ts';
import { executeCases } from '../slash/execute-cases.ts';
import { heldNodes, releaseStakes } from '../slash/release-stakes.ts';
import { memoryStore } from '../testing/memory-store.ts';
import { createCovey, type Covey } from './create-covey.ts';

const ONE = 10n ** 18n;
const creator = 1;
const trainers = [2, 3];
const validators = [4, 5, 6];
/** Acts for the last validator. */
const operator = 7;
const delegator = 8;
const stakes = new Map([
  [2, 10_000n],
  [3, 20_000n],
  [4, 40_000n],
  [5, 40_000n],
  [6, 20_000n],
]);
const hour = 3_600;
const taskId = 1n;

/** Classes light up their quarter of the features; a linear model with its weights there is right. */
const architecture: Architecture = { layers: [{ type: 'dense', inputs: 8, outputs: 4 }], inputScale: 'byte' };

let anvil: Anvil;
let deployment: Deployment;
let core: Core;
let task: TaskDocument;
const store = memoryStore();
const keys = [1n, 2n, 3n, 4n].map((n) => numberToHex(n, { size: 32 }));
const beacon = signedBeacon((round) => testBeacon.sign(round));
const events: ActionEvent[] = [];
const onEvent = (event: ActionEvent) => void events.push(event);

const address = (account: number): Address => anvil.accounts[account]!.address;
const as = (account: number): Covey =>
  createCovey({ deployment, client: anvil.publicClient, wallet: anvil.wallet(account), content: store });
/** Who signs for a node. */
const signer = (node: number): number => (node === 6 ? operator : node);
const roundAs = (account: number, round: number) => as(account).round({ taskId, round });
const saltOf = (account: number): Hex => keccak256(stringToHex(`salt of ${account}`));

function data(samples: number, seed: number): Uint8Array {
  const inputs = new Uint8Array(samples * 8);
  const labels = new Uint8Array(samples);
  for (let row = 0; row < samples; row++) {
    labels[row] = (row * 7 + seed) % 4;
    for (let f = 0; f < 8; f++)
      inputs[row * 8 + f] = (f >> 1 === labels[row] ? 150 : 50) + ((row * 13 + f * seed) % 60);
  }
  return encodeDataset({ inputs, labels, features: 8 });
}

function model(scale: number): Uint8Array {
  const parameters = new Float32Array(8 * 4 + 4);
  for (let out = 0; out < 4; out++) for (let f = 0; f < 8; f++) if (f >> 1 === out) parameters[out * 8 + f] = scale;
  return modelToBytes(architecture, parameters);
}

async function shard(at: number) {
  const plaintext = data(64, at + 1);
  const ciphertext = encryptShard(plaintext, keys[at]!, new Uint8Array(24).fill(at));
  return {
    plaintextSha256: sha256Hex(plaintext),
    samplesRoot: samplesRoot(plaintext),
    ciphertext: await store.add(ciphertext),
    keyCommitment: keyCommitment(keys[at]!),
  };
}

async function makeTask(): Promise<TaskDocument> {
  const shards = await Promise.all(keys.map((_, at) => shard(at)));
  return {
    schema: 'covey.task/2',
    name: 'Quarters',
    description: 'Which quarter of the features is lit.',
    mode: 'arena',
    architecture,
    initialModel: await store.add(model(0)),
    metric: 'loss',
    ranking: 'loss',
    aggregation: { rule: 'fedavg' },
    rounds: 3,
    windows: {
      join: hour,
      commit: hour,
      reveal: hour,
      attest: hour,
      attestReveal: hour,
      key: hour,
      resultCommit: hour,
      resultReveal: hour,
    },
    admission: null,
    minTrainerStake: String(parseEther('1000')),
    minValidatorStake: String(parseEther('5000')),
    budget: String(parseEther('3000')),
    validation: { shards: shards.slice(0, 3), holdout: shards[3]! },
    training: { epochs: 1, batchSize: 8, learningRate: 0.1, momentum: 0 },
  };
}

async function asDao(functionName: 'approve' | 'setMultiplier', args: readonly unknown[]): Promise<void> {
  const { dao, taskManager } = deployment;
  await anvil.testClient.impersonateAccount({ address: dao });
  await anvil.testClient.setBalance({ address: dao, value: ONE });
  const wallet = createWalletClient({ account: dao, chain: anvil.chain, transport: http(anvil.rpcUrl) });
  const call = { address: taskManager, abi: taskManagerAbi, functionName, args: args as never };
  const hash = await wallet.writeContract(call);
  const { status } = await anvil.publicClient.waitForTransactionReceipt({ hash });
  expect(status).toBe('success');
}

beforeAll(async () => {
  anvil = await startAnvil({ accounts: 10 });
  core = await loadNodeCore();
  ({ deployment } = await deployTestCovey(anvil, {
    scorer: core.sha256 as Hex,
    policy: { trainerSeats: 8n, validatorSeats: 16n },
  }));
  task = await makeTask();
  const cid = await store.putBlock(codecs.dagJson, encodeTaskDocument(task));
  const proposed = await as(creator).tasks.propose({ document: task, cid });
  expect(proposed.taskId).toBe(taskId);
  await asDao('approve', [taskId]);
  await asDao('setMultiplier', [taskId, ONE]);
  await as(creator).task(taskId).fund(parseEther('3000'));
  // At once only for who never staked.
  await as(3).node(address(3)).setCommission(ONE / 10n);
  for (const [account, amount] of stakes) {
    const node = as(account).node(address(account));
    await node.stake(parseEther(String(amount)));
    const role = trainers.includes(account) ? 'trainer' : 'validator';
    await node.allocate({ taskId, role, ratio: ONE }, onEvent);
  }
  await as(3)
    .node(address(3))
    .setCommission(ONE / 10n);
  await as(delegator).node(address(3)).stake(parseEther('4000'));
  await as(6).node(address(6)).offerOperator(address(operator));
  await as(operator).node(address(6)).acceptOperator();
  await anvil.advance(10);
});

afterAll(async () => {
  await anvil?.stop();
});

async function joinAll(round: number): Promise<void> {
  for (const account of trainers) await roundAs(account, round).join('trainer', [], onEvent);
  for (const account of validators) await roundAs(signer(account), round).join('validator', [], onEvent);
}

async function draw(round: number): Promise<void> {
  expect(await roundAs(0, round).draw(beacon, onEvent)).toBe('drawn');
}

/** Trainers submit models of which the one with the higher scale is better. */
async function submitAll(round: number): Promise<void> {
  const openings = await Promise.all(
    trainers.map(async (account) => {
      const bytes = model(account * (round + 1));
      return { account, cid: await store.add(bytes), parameterRoot: parameterRoot(bytes), salt: saltOf(account) };
    }),
  );
  for (const { account, ...opening } of openings) {
    const commitment = submissionCommitment({ taskId, round, node: address(account), ...opening });
    await roundAs(account, round).commit(commitment);
  }
  await anvil.advance(hour);
  for (const { account, ...opening } of openings) await roundAs(account, round).reveal(opening);
  await anvil.advance(hour);
}

async function attestAll(round: number, attempt = 0): Promise<void> {
  const nothing = { ciphertextMissing: false, missing: [0n] };
  for (const account of validators) {
    const validator = address(account);
    const commitment = attestationCommitment({ taskId, round, attempt, validator, ...nothing, salt: saltOf(account) });
    await roundAs(signer(account), round).attest(commitment);
  }
  await anvil.advance(hour);
  for (const account of validators)
    await roundAs(signer(account), round).revealAttestation({ ...nothing, salt: saltOf(account) });
  await anvil.advance(hour);
}

async function score(round: number): Promise<RoundResult> {
  const inputs = await readRoundInputs(as(0).chain, taskId, round, task);
  const result = await scoreRound({ core, task, inputs, fetch: (cid, options) => store.get(cid, options) });
  await store.add(result.model);
  await store.putBlock(codecs.dagJson, result.bytes);
  return result;
}

describe('a round that pays', () => {
  let result: RoundResult;
  const at = (account: number) => roundAs(account, 0);

  test('is opened by the creator, and nobody else', async () => {
    await expect(as(2).rounds.open(taskId)).rejects.toMatchObject({ contractError: 'NotOpener' });
    expect(await as(creator).rounds.open(taskId)).toBe(0);
    const info = await at(0).read();
    expect(info).toMatchObject({ phase: 'join', attempt: 0, trainerSeats: 8, validatorSeats: 16, trainerSeed: null });
    expect(info.pool.units + info.pool.common).toBe(parseEther('1000'));
  });

  test('is joined with what was allocated before it opened', async () => {
    await joinAll(0);
    expect(await at(2).join('trainer')).toBeNull();
    const candidates = await at(0).candidates('validator');
    expect(candidates.map(({ node, seats }) => [node, seats])).toEqual(
      validators.map((account) => [address(account), 0]),
    );
    const [, second] = await at(0).candidates('trainer');
    // 20,000 own and half of 4,000 delegated.
    expect(second).toMatchObject({ node: address(3), stake: parseEther('22000'), ratio: ONE });
    await expect(as(9).round({ taskId, round: 7 }).read()).rejects.toMatchObject({ code: 'ROUND_UNKNOWN' });
  });

  test('draws seats that are the contract’s own', async () => {
    expect(await at(0).draw(beacon)).toBe('not-due');
    await anvil.advance(hour);
    expect((await at(0).next()).move).toBe('draw-trainers');
    await expect(at(0).draw()).rejects.toMatchObject({ code: 'BEACON_MISSING' });
    const forged = signedBeacon((round) => testBeacon.sign(round + 1n));
    await expect(at(0).draw(forged)).rejects.toMatchObject({ code: 'BEACON_INVALID' });
    await draw(0);
    const candidates = await at(0).candidates('trainer');
    expect(candidates.reduce((sum, { seats }) => sum + seats, 0)).toBe(8);
    for (const { node, seats } of candidates) {
      const kept = await at(0).candidate(node);
      expect(kept).toMatchObject({ role: 'trainer', seats });
    }
    const [drawn] = await at(0).draws();
    expect(drawn).toMatchObject({ role: 'trainer', attempt: 0, seats: 8, stake: parseEther('32000') });
    const seed = seedOf({
      beacon: drawn!.beacon,
      chainId: deployment.chainId,
      roundManager: deployment.roundManager,
      taskId,
      round: 0,
    });
    expect(drawn!.seed).toBe(seed);
  });

  test('lists what was committed and revealed, as the contracts count it', async () => {
    await submitAll(0);
    const submissions = await at(0).submissions();
    expect(submissions.map(({ node, index }) => [node, index])).toEqual([
      [address(2), 0],
      [address(3), 1],
    ]);
    expect((await at(0).committed()).map(({ node }) => node)).toEqual(trainers.map(address));
    expect(await at(0).submission(address(9))).toBeNull();
    const info = await at(0).read();
    expect(info.submittedSeats).toBe(8);
    expect(submissions.reduce((sum, { seats }) => sum + seats, 0)).toBe(8);
    expect(submissions[1]?.stake).toEqual({
      own: parseEther('20000'),
      delegated: parseEther('4000'),
      commission: ONE / 10n,
    });
  });

  test('counts what validators had, and opens the shard', async () => {
    await draw(0);
    await attestAll(0);
    expect(await at(0).counted()).toEqual([3n]);
    expect((await at(0).submissions()).map(({ counted }) => counted)).toEqual([true, true]);
    expect((await at(0).attestations()).map(({ revealed }) => revealed?.missing)).toEqual([[0n], [0n], [0n]]);
    await at(creator).publishKey(keys[0]!);
    expect(await at(creator).publishKey(keys[0]!)).toBeNull();
    expect((await at(0).read()).key).toBe(keys[0]);
    await anvil.advance(hour);
  });

  test('accepts the result with most seats', async () => {
    result = await score(0);
    const { resultHash, summary } = result;
    for (const account of validators) {
      const validator = address(account);
      const commitment = resultCommitment({ taskId, round: 0, validator, resultHash, salt: saltOf(account) });
      await at(signer(account)).commitResult(commitment);
    }
    await anvil.advance(hour);
    // The third committed and withholds it.
    for (const account of [4, 5]) await at(account).revealResult({ summary, salt: saltOf(account) });
    await anvil.advance(hour);
    const [revealed] = await at(0).results();
    expect(revealed).toMatchObject({ resultHash, count: 2, stake: parseEther('80000') });
    expect(await at(0).validator(address(6))).toMatchObject({ attestation: 'revealed', result: 'committed' });
    const seen = await at(0).validators();
    expect(seen.map((one) => one.resultHash)).toEqual([resultHash, resultHash, null]);
    expect(await at(0).accept(onEvent)).toEqual({ resultHash, contested: false });
    expect(await at(0).accepted()).toEqual(summary);
    expect(await at(0).challenges()).toEqual([]);
  });

  test('is recomputed by anybody', async () => {
    const verification = await at(0).verify({ core });
    expect(verification).toMatchObject({ match: true, differences: [], problems: [] });
    const { cid } = await at(0).document();
    expect(cid).toBe(result.cid);
  });

  test('pays to the wei what is recomputed', async () => {
    await anvil.advance(86_400);
    await at(0).finalize(onEvent);
    expect(await at(0).phase()).toBe('claimable');
    const settled = await at(0).settle();
    await at(0).openClaims(onEvent);
    const rewards = await at(0).rewards();
    expect(rewards).toMatchObject({ opened: true, fee: settled.fee, stakeBehind: parseEther('80000') });
    expect(rewards.carried).toBe(settled.carriedAtOnce);
    for (const account of [...trainers, ...validators]) await at(0).claim(address(account));
    const claims = await at(0).claims();
    const expected = [
      ...settled.trainers.map(({ node, payout }) => ({ role: 'trainer', node: getAddress(node), payout })),
      ...settled.validators.map(({ validator, payout }) => ({ role: 'validator', node: validator, payout })),
    ];
    expect(claims).toHaveLength(4);
    expect(claims).toEqual(expect.arrayContaining(expected));
    const after = await at(0).rewards();
    expect(after.paid).toBe(settled.paid);
    expect(after.carried).toBe(settled.carried);
    expect(after.claimsLeft).toBe(0);
  });

  test('holds all that settling it again takes', async () => {
    const replay = await at(0).replayInputs();
    expect(replay).toMatchObject({ taskId, round: 0, ruled: false, trainerSeats: 8, validatorSeats: 16 });
    expect(replay.paid.every(({ source }) => source === 'claimed')).toBe(true);
    expect(replay.validators.map(({ agreed }) => agreed)).toEqual([true, true, false]);
    expect(replay.submissions.map(({ weight }) => weight)).toEqual(
      result.document.submissions.map(({ weight }) => BigInt(weight)),
    );
    const { earned, earning } = await at(0).earning();
    expect(earned).toBe(false);
    expect(replay.emission.earning).toBe(earning);
    expect((await at(0).earn(onEvent))?.amount).toBe(earning);
    expect(await at(0).earn()).toBeNull();
    expect((await as(0).emission.read()).minted).toBe(earning);
  });

  test('slashes who withheld a result, and frees the others’ stake afterwards', async () => {
    const facts = await at(0).slashable();
    expect(facts).toEqual([{ target: address(6), reason: 'resultNotRevealed', attempt: 0, missing: null }]);
    // An operator opens no case against its own node.
    expect(await at(operator).openCases()).toEqual({ opened: 0, left: 0 });
    expect(await at(9).openCases(onEvent)).toEqual({ opened: 1, left: 0 });
    expect(await at(9).openCases()).toEqual({ opened: 0, left: 0 });
    expect(await at(0).release(address(2))).toBeNull();
    const covey = anvil.covey(deployment, 9);
    expect(await executeCases({ covey })).toBe(1);
    await anvil.advance(259_200);
    const parameters = { covey, taskId, round: 0, onEvent };
    expect(await executeCases({ covey, onEvent })).toBe(0);
    expect(await releaseStakes(parameters)).toBe(0);
    expect(await heldNodes(covey, await at(0).read())).toEqual([]);
    expect((await as(0).node(address(6)).read()).own).toBe(parseEther('19000'));
    const allocation = await covey.publicClient.readContract({
      address: deployment.stakeManager,
      abi: stakeManagerAbi,
      functionName: 'allocation',
      args: [address(6), taskId],
    });
    expect(allocation).toMatchObject({ readers: 0, bound: 0n });
    expect(await as(0).node(address(6)).allocations()).toMatchObject({
      allocations: [{ taskId, role: 'validator', ratio: ONE, readers: 0 }],
      free: 0n,
    });
  });
});

describe('a round whose validators keep silent', () => {
  const at = (account: number) => roundAs(account, 1);

  test('lets them be drawn anew, and is void in the end', async () => {
    expect(await as(creator).rounds.open(taskId)).toBe(1);
    await joinAll(1);
    await anvil.advance(hour);
    await draw(1);
    await submitAll(1);
    await draw(1);
    expect(await at(0).void()).toBeNull();
    await anvil.advance(2 * hour);
    expect((await at(0).next()).move).toBe('fail');
    expect(await at(0).void(onEvent)).toBe('repeated');
    const repeated = await at(0).read();
    expect(repeated).toMatchObject({ phase: 'validatorJoin', attempt: 1, validatorCandidates: 0, validatorSeed: null });
    // One of them joins again.
    await at(4).join('validator');
    await anvil.advance(hour);
    await draw(1);
    expect(await at(0).candidates('validator')).toMatchObject([{ node: address(4), seats: 16 }]);
    const draws = await at(0).draws();
    expect(draws.map(({ role, attempt }) => [role, attempt])).toEqual([
      ['trainer', 0],
      ['validator', 0],
      ['validator', 1],
    ]);
    const seed = seedOf({
      beacon: draws[2]!.beacon,
      chainId: deployment.chainId,
      roundManager: deployment.roundManager,
      taskId,
      round: 1,
      attempt: 1,
    });
    expect(draws[2]!.seed).toBe(seed);
    await anvil.advance(2 * hour);
    expect(await at(0).void()).toBe('repeated');
    await anvil.advance(hour);
    expect(await at(0).draw(beacon)).toBe('failed');
    expect(await at(0).void(onEvent)).toBe('voided');
    expect(await at(0).read()).toMatchObject({ phase: 'void', voidReason: 'noCandidates', attempt: 2 });
  });

  test('shows who was silent, in each attempt', async () => {
    const facts = await at(0).slashable();
    expect(facts).toEqual([
      ...validators.map((account) => ({
        target: address(account),
        reason: 'validatorSilent',
        attempt: 0,
        missing: null,
      })),
      { target: address(4), reason: 'validatorSilent', attempt: 1, missing: null },
    ]);
    expect(await at(9).openCases()).toEqual({ opened: 4, left: 0 });
  });
});

describe('a round whose key is withheld', () => {
  const at = (account: number) => roundAs(account, 2);

  test('pays a part of the creation stake to those who revealed', async () => {
    // The cases of the round before freeze pools, not allocations.
    expect(await as(creator).rounds.open(taskId)).toBe(2);
    await joinAll(2);
    await anvil.advance(hour);
    await draw(2);
    await submitAll(2);
    await draw(2);
    await attestAll(2);
    await anvil.advance(hour);
    expect((await at(0).next()).move).toBe('fail');
    expect(await at(0).void(onEvent)).toBe('voided');
    const [first, second] = await at(0).submissions();
    const paid = await at(0).claimForfeit(address(2));
    const perSeat = parseEther('10000') / 5n / 8n;
    expect(paid?.amount).toBe(perSeat * BigInt(first!.seats));
    expect((await at(0).claimForfeit(address(3)))?.amount).toBe(perSeat * BigInt(second!.seats));
    expect(await at(0).claimForfeit(address(3))).toBeNull();
    expect(await at(0).slashable()).toEqual([]);
    expect((await as(0).task(taskId).read()).state).toBe('stopped');
  });

  test('gives the funders back what is left', async () => {
    const funder = address(creator);
    const { units } = await as(0).task(taskId).funding(funder);
    expect(units).toBeGreaterThan(parseEther('2000'));
    expect((await as(0).task(taskId).redeem(funder))?.amount).toBe(units);
    expect(await as(0).task(taskId).redeem(funder)).toBeNull();
    expect((await as(0).task(taskId).sweep())?.amount).toBeGreaterThan(0n);
  });
});

test('every transaction was reported', () => {
  const names = new Set(events.map(({ event }) => event));
  for (const name of [
    'allocated',
    'joined',
    'drawn',
    'accepted',
    'finalized',
    'claims-opened',
    'emission-earned',
    'case-opened',
    'case-executed',
    'stake-released',
    'repeated',
    'voided',
  ] as const) {
    expect(names).toContain(name);
  }
});
