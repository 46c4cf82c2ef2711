import {
  clientError,
  readAcceptedDocument,
  readBase,
  readRound,
  readRoundInputs,
  readTask,
  readTaskDocument,
  readValidators,
  settleFromChain,
  verifyRound,
} from '@covey/client';
import { rewardDistributorAbi, slashCourtAbi } from '@covey/contracts/abi';
import { decodeResultDocument, summariseResult } from '@covey/protocol';
import { readCoreWasm } from '@covey/wasm-core/node';
import { zeroHash } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { playRound as playRoundOf } from './testing/play-round.ts';
import { startTestNetwork, type TestNetwork, type TestTask } from './testing/test-network.ts';
import type { TrainerNode } from './trainer/trainer-node.ts';
import { garbage, liar, lieAbout } from './experiments/index.ts';
import { scoreHere, scoreInWorker } from './validator/scoring.ts';
import type { ValidatorNode } from './validator/validator-node.ts';

let network: TestNetwork;
let task: TestTask;
let trainers: TrainerNode[];
let validators: ValidatorNode[];

beforeAll(async () => {
  network = await startTestNetwork();
  task = await network.task();
  // The third trainer submits garbage, the fourth validator lies.
  trainers = [network.trainer(0), network.trainer(1), network.trainer(2, { produce: garbage })];
  validators = [0, 1, 2].map((n) => network.validator(n, { stake: 8_000n * 10n ** 18n }));
  validators.push(network.validator(3, liar(scoreHere(network.core))));
  await network.prepare(task.taskId, [...validators, ...trainers]);
});

afterAll(async () => {
  await network?.stop();
});

const playRound = (round: number) => playRoundOf(network, { task, trainers, validators }, round);

describe('a round with the real contracts', () => {
  it('accepts the honest result', async () => {
    await playRound(0);
    const { covey, store } = network;
    const info = await readRound(covey, task.taskId, 0);
    expect(info.phase).toBe('claimable');
    const entries = await readValidators(covey, info);
    const honest = entries.slice(0, 3).map(({ resultHash }) => resultHash);
    expect(new Set([...honest, info.acceptedHash]).size).toBe(1);
    expect(entries[3]!.resultHash).not.toBe(info.acceptedHash);

    const { document } = await readAcceptedDocument(covey, store, task.taskId, 0);
    expect(document.submissions.map(({ verdict }) => verdict)).toEqual(['valid', 'valid', 'not-safetensors']);
    expect(document.aggregate!.correct).toBeGreaterThan(document.baseline!.correct);
  });

  it('verifies: the recomputed hash is the accepted one', async () => {
    const { covey, store, core } = network;
    const steps: string[] = [];
    const found = await verifyRound({
      covey,
      taskId: task.taskId,
      round: 0,
      store,
      core,
      onProgress: ({ step }) => steps.push(step),
    });
    expect(found).toMatchObject({ match: true, problems: [], differences: [] });
    expect(found.computedHash).toBe(found.acceptedHash);
    expect(found.perSubmission.map(({ match }) => match)).toEqual([true, true, true]);
    expect(steps).toContain('score');
    expect(steps.at(-1)).toBe('done');
  });

  it('settles: what is claimed equals the recomputation to the wei', async () => {
    const { covey, store } = network;
    const expected = await settleFromChain(covey, store, task.taskId, 0);
    expect(expected.paid).toBeGreaterThan(0n);
    const paid = new Map<string, bigint>();
    for (const node of trainers) paid.set(node.address, (await node.claim(task.taskId, 0))?.payout.total ?? 0n);
    for (const node of validators) paid.set(node.address, (await node.claim(task.taskId, 0))?.payout.total ?? 0n);
    for (const { node, payout } of expected.trainers) expect(paid.get(node)).toBe(payout.total);
    for (const { validator, payout } of expected.validators) expect(paid.get(validator)).toBe(payout.total);
    expect([...paid.values()].reduce((a, b) => a + b)).toBe(expected.paid);
    expect(paid.get(trainers[2]!.address)).toBe(0n);
    expect(paid.get(validators[3]!.address)).toBe(0n);
    const rewards = await covey.publicClient.readContract({
      address: covey.deployment.rewardDistributor,
      abi: rewardDistributorAbi,
      functionName: 'rewards',
      args: [task.taskId, 0],
    });
    expect(rewards.paid).toBe(expected.paid);
    // A second claim finds nothing and is no error.
    expect(await trainers[0]!.claim(task.taskId, 0)).toBeNull();
    // The vested part comes linearly: at once nothing of note, after a day a thirtieth.
    await network.anvil.advance(86_400);
    const released = await trainers[0]!.release(task.taskId, 0);
    const own = expected.trainers.find(({ node }) => node === trainers[0]!.address)!.payout;
    const part = Number((10_000n * released!.amount) / own.vesting) / 10_000;
    expect(part).toBeGreaterThanOrEqual(1 / 30 - 0.001);
    expect(part).toBeLessThan(1 / 30 + 0.001);
  });

  it('opens one case against the liar, which the keeper executes after its appeal window', async () => {
    const { covey } = network;
    expect(await validators[0]!.openCases(task.taskId, 0)).toEqual({ opened: 1, left: 0 });
    expect(await validators[1]!.openCases(task.taskId, 0)).toEqual({ opened: 0, left: 0 });
    const opened = network.events.find(({ event }) => event === 'case-opened');
    expect(opened).toMatchObject({ target: validators[3]!.address, reason: 'resultMismatch' });
    const keeper = network.keeper();
    expect(await keeper.executeCases()).toBe(1);
    const slashCase = await covey.publicClient.readContract({
      address: covey.deployment.slashCourt,
      abi: slashCourtAbi,
      functionName: 'slashCase',
      args: [1n],
    });
    await network.anvil.testClient.setNextBlockTimestamp({ timestamp: BigInt(slashCase.appealEnd) });
    await network.anvil.testClient.mine({ blocks: 1 });
    expect(await keeper.executeCases()).toBe(0);
    expect(network.events.find(({ event }) => event === 'case-executed')).toMatchObject({ taken: slashCase.amount });
  });

  it('starts the next round from the accepted model', async () => {
    const { covey, store } = network;
    await playRound(1);
    const document = await readTaskDocument(store, await readTask(covey, task.taskId));
    const first = await readAcceptedDocument(covey, store, task.taskId, 0);
    const inputs = await readRoundInputs(covey, task.taskId, 1, document);
    expect(inputs.base).toBe(first.document.model);
    expect(inputs.base).not.toBe(document.initialModel);
    expect(await readBase(covey, task.taskId, 0, document.initialModel)).toBe(document.initialModel);
    const second = await readAcceptedDocument(covey, store, task.taskId, 1);
    expect(Number(second.document.aggregate!.loss)).toBeLessThan(Number(first.document.aggregate!.loss));
  });
});

describe('scoring in a thread of its own', () => {
  it('gives the same result, and leaves this thread to others', async () => {
    const { covey, store, core } = network;
    const document = await readTaskDocument(store, await readTask(covey, task.taskId));
    const inputs = await readRoundInputs(covey, task.taskId, 1, document);
    const fetch = (cid: string) => store.get(cid);
    const expected = await scoreHere(core)({ task: document, inputs, fetch });
    const got = await scoreInWorker({ task: document, inputs, fetch, scorer: await readCoreWasm() });
    expect(got.resultHash).toBe(expected.resultHash);
    expect(got.bytes).toEqual(expected.bytes);
    expect(got.model).toEqual(expected.model);
    expect(got.claims).toEqual(expected.claims);
  });

  it('fails as it would here, and ends when aborted', async () => {
    const { covey, store } = network;
    const document = await readTaskDocument(store, await readTask(covey, task.taskId));
    const inputs = await readRoundInputs(covey, task.taskId, 1, document);
    const lost = () => Promise.reject(clientError('CONTENT_NOT_FOUND', 'nobody has it'));
    await expect(
      scoreInWorker({ task: document, inputs, fetch: lost, scorer: await readCoreWasm() }),
    ).rejects.toMatchObject({
      code: 'PROTOCOL_FETCH_FAILED',
    });
    const stop = new AbortController();
    const fetch = () => {
      stop.abort(new Error('enough'));
      return new Promise<never>(() => undefined);
    };
    const scorer = await readCoreWasm();
    await expect(scoreInWorker({ task: document, inputs, fetch, scorer, signal: stop.signal })).rejects.toThrow(
      'enough',
    );
  });
});

describe('a lie, for experiments', () => {
  it('is well-formed, names another hash, and favours the worst', async () => {
    const { covey, store } = network;
    const { document, info } = await readAcceptedDocument(covey, store, task.taskId, 0);
    const lie = lieAbout(document);
    expect(decodeResultDocument(lie.bytes)).toEqual(lie.document);
    expect(lie.resultHash).not.toBe(info.acceptedHash);
    const best = (of: typeof document) =>
      of.submissions.toSorted((a, b) => (BigInt(a.weight) < BigInt(b.weight) ? 1 : -1))[0]!;
    expect(best(document).rank).toBe(0);
    expect(best(lie.document).rank).toBe(1);

    // Nobody earned anything: there is nobody to favour, but still another result.
    const none = summariseResult({
      ...document,
      submissions: document.submissions.map((submission) => ({
        ...submission,
        verdict: 'not-counted',
        rank: null,
        weight: '0',
      })),
      claims: { root: zeroHash, claimants: 0, paidSeats: 0, sumWeights: '0', trainersRatio: '0' },
    });
    expect(lieAbout(none.document).resultHash).not.toBe(none.resultHash);
  });
});

describe('verifying a round whose stored content was altered', () => {
  const flip = (bytes: Uint8Array) => bytes.map((byte, index) => (index === bytes.length - 1 ? byte ^ 1 : byte));

  async function verifyAltered(cid: string) {
    const { covey, store, core } = network;
    await store.corrupt(cid, flip);
    try {
      return await verifyRound({ covey, taskId: task.taskId, round: 0, store, core });
    } finally {
      await store.corrupt(cid, flip);
    }
  }

  it('shows the altered submission and leaves the others as they are', async () => {
    const { covey, store } = network;
    const { document } = await readAcceptedDocument(covey, store, task.taskId, 0);
    const found = await verifyAltered(document.submissions[1]!.cid);
    expect(found.match).toBe(false);
    expect(found.computedHash).not.toBe(found.acceptedHash);
    expect(found.perSubmission[1]).toMatchObject({ index: 1, match: false });
    expect(found.perSubmission[1]!.differences.map(({ field }) => field)).toEqual(
      expect.arrayContaining(['content', 'verdict', 'weight']),
    );
    expect(found.perSubmission[2]).toMatchObject({ index: 2, match: true });
    expect(found.problems).toMatchObject([{ role: 'submission', code: 'CONTENT_HASH_MISMATCH' }]);
  });

  it('cannot compute from an altered shard or base, and says which', async () => {
    const { covey, store } = network;
    const document = await readTaskDocument(store, await readTask(covey, task.taskId));
    for (const [role, cid] of [
      ['shard', document.validation.shards[0]!.ciphertext],
      ['base', document.initialModel],
      ['task', task.document],
    ] as const) {
      const found = await verifyAltered(cid);
      expect(found).toMatchObject({ match: false, computedHash: null, problems: [{ role, cid }] });
      expect(found.perSubmission.every(({ match }) => !match)).toBe(true);
    }
  });

  it('shows an altered result document and an altered model', async () => {
    const { covey, store } = network;
    const { cid, document } = await readAcceptedDocument(covey, store, task.taskId, 0);
    const altered = await verifyAltered(cid);
    expect(altered).toMatchObject({ match: false, accepted: null, problems: [{ role: 'result' }] });
    // The hash itself was recomputed all the same.
    expect(altered.computedHash).toBe(altered.acceptedHash);
    expect(await verifyAltered(document.model)).toMatchObject({ match: false, problems: [{ role: 'model' }] });
  });

  it('throws when an input is gone: that says nothing about the result', async () => {
    const { covey, store, core } = network;
    const { document, cid } = await readAcceptedDocument(covey, store, task.taskId, 0);
    const input = document.submissions[0]!.cid;
    const kept = await store.getBlock(input);
    await store.remove(input);
    const parameters = { covey, taskId: task.taskId, round: 0, store, core };
    await expect(verifyRound(parameters)).rejects.toMatchObject({ code: 'PROTOCOL_FETCH_FAILED' });
    expect(await store.add(kept)).toBe(input);
    // Without the accepted document the hash can still be compared.
    const bytes = await store.getBlock(cid);
    await store.remove(cid);
    expect(await verifyRound(parameters)).toMatchObject({
      match: true,
      accepted: null,
      problems: [{ role: 'result', code: 'CONTENT_NOT_FOUND' }],
    });
    expect(await store.putBlock(0x0129, bytes)).toBe(cid);
    expect(decodeResultDocument(bytes)).toEqual(document);
  });
});
