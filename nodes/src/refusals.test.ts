import {
  buyListing,
  clientError,
  completeTask,
  fetchModel,
  isRevert,
  predict,
  publishKey,
  readAcceptedDocument,
  readListing,
  readRound,
  readStake,
  readSubmissions,
  readTask,
  readValidators,
  stake,
  verifyRound,
} from '@covey/client';
import { scaled } from '@covey/client/testing/pace';
import type { CoveyError } from '@covey/errors';
import { randomBytes } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modelMarketAbi, roundManagerAbi } from '@covey/contracts/abi';
import { cidToChain, encodeResultDocument, fileCid, modelToBytes, submissionCommitment } from '@covey/protocol';
import { bytesToHex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cast, startTestNetwork, type TestNetwork } from './testing/test-network.ts';
import { tinyData, tinyDraft } from './testing/tiny-task.ts';
import { copier as copying, copyFromState, copyOf } from './experiments/index.ts';
import { checkAvailability, fairTimeout } from './validator/availability.ts';

let network: TestNetwork;

beforeAll(async () => {
  network = await startTestNetwork();
});

afterAll(async () => {
  await network?.stop();
});

/** A refusal by name, as callers see it. */
const refused = (contractError: string) =>
  expect.objectContaining({ name: 'CoveyError', code: 'CONTRACT_REVERTED', contractError });

async function openTask() {
  // Ranked by loss, so that an honest update is valid whatever the others are.
  const { taskId, validation } = await network.task({ rounds: 1, ranking: 'loss' });
  const trainers = Array.from({ length: 8 }, (_, n) => network.trainer(n));
  const validators = Array.from({ length: 3 }, (_, n) => network.validator(n));
  await network.prepare(taskId, [...trainers, ...validators]);
  expect(await network.keeper().openRound(taskId)).toBe(0);
  return { taskId, validation, at: [taskId, 0] as const };
}

describe('what the contracts refuse has its own error name', () => {
  it('a late commit, a reveal before its window and after it', async () => {
    const { taskId, at } = await openTask();
    const [early, late] = [network.trainer(0), network.trainer(1)];
    const committed = await early.commitRound(...at);
    const { salt } = (await early.state.load(...at))!;
    const contract = { address: network.deployment.roundManager, abi: roundManagerAbi } as const;
    await expect(
      early.covey.sender.send({ ...contract, functionName: 'reveal', args: [...at, cidToChain(committed!.cid), salt] }),
    ).rejects.toEqual(refused('WrongPhase'));
    // The node itself does not even upload.
    await expect(early.revealRound(...at)).rejects.toMatchObject({ code: 'ROUND_NOT_READY' });
    await expect(network.store.stored(committed!.cid)).rejects.toMatchObject({ code: 'CONTENT_NOT_FOUND' });
    await network.passWindow(taskId, 0, 'commit');
    await expect(late.commitRound(...at)).rejects.toEqual(refused('WrongPhase'));
    await network.passWindow(taskId, 0, 'reveal');
    await expect(early.revealRound(...at)).rejects.toEqual(refused('WrongPhase'));
  });

  it('a second commit, a wrong salt, another CID, a double reveal', async () => {
    const { taskId, at } = await openTask();
    const trainer = network.trainer(0);
    const committed = await trainer.commitRound(...at);
    expect(await trainer.commitRound(...at)).toBeNull();
    const contract = { address: network.deployment.roundManager, abi: roundManagerAbi } as const;
    const again = { taskId, round: 0, node: trainer.address, cid: committed!.cid, salt: bytesToHex(randomBytes(32)) };
    await expect(
      trainer.covey.sender.send({ ...contract, functionName: 'commit', args: [...at, submissionCommitment(again)] }),
    ).rejects.toEqual(refused('AlreadyCommitted'));

    await network.passWindow(taskId, 0, 'commit');
    const state = (await trainer.state.load(...at))!;
    const reveal = (cid: string, salt: `0x${string}`) =>
      trainer.covey.sender.send({ ...contract, functionName: 'reveal', args: [...at, cidToChain(cid), salt] });
    const { salt } = state;
    await expect(reveal(state.cid, bytesToHex(randomBytes(32)))).rejects.toEqual(refused('CommitmentMismatch'));
    const other = await fileCid(new Uint8Array([1]));
    const mismatch = await reveal(other, salt).catch((error: unknown) => error);
    expect(isRevert(mismatch, 'CommitmentMismatch')).toBe(true);
    expect((mismatch as CoveyError).hint).toMatch(/state folder/);
    expect((mismatch as CoveyError).contractArgs?.[0]).toBe(trainer.address);

    expect(await trainer.revealRound(...at)).not.toBeNull();
    expect(await trainer.revealRound(...at)).toBeNull();
    await expect(reveal(state.cid, salt)).rejects.toEqual(refused('NotCommitted'));
    await expect(network.trainer(1).revealRound(...at)).rejects.toMatchObject({ code: 'NOT_IN_ROUND' });
  });

  it('a reveal without the state that it was committed with', async () => {
    const { taskId, at } = await openTask();
    const trainer = network.trainer(0);
    await trainer.commitRound(...at);
    await network.passWindow(taskId, 0, 'commit');
    await rm(trainer.state.path(...at));
    await expect(trainer.revealRound(...at)).rejects.toMatchObject({
      code: 'STATE_CORRUPT',
      expected: trainer.state.path(...at),
    });
  });

  it('too little stake, an early key, a wrong key, attesting without having joined', async () => {
    const { taskId, validation, at } = await openTask();
    const contract = { address: network.deployment.roundManager, abi: roundManagerAbi } as const;
    const outsider = network.account(cast.outsider);
    await expect(outsider.sender.send({ ...contract, functionName: 'join', args: [...at] })).rejects.toEqual(
      refused('StakeTooLow'),
    );
    // Nodes do not even try: what they could not reveal they do not commit to.
    const covey = outsider;
    for (const node of [network.trainer(0, { covey }), network.validator(0, { covey })]) {
      expect(await node.step(...at)).toBe(true);
      expect(network.events.at(-1)).toMatchObject({ event: 'missed', step: 'stake' });
      // What is staked now counts from the next round on.
      await node.prepare(taskId);
      expect(await node.step(...at)).toBe(true);
    }
    await expect(network.trainer(0, { covey }).commitRound(...at)).rejects.toMatchObject({ code: 'STAKE_TOO_LOW' });
    const cid = await fileCid(new Uint8Array([1]));
    const salt = bytesToHex(randomBytes(32));
    const commitment = submissionCommitment({ taskId, round: 0, node: outsider.sender.address, cid, salt });
    await outsider.sender.send({ ...contract, functionName: 'commit', args: [...at, commitment] });
    const key = validation.shards[0]!.key;
    const creator = network.account(cast.creator);
    await expect(publishKey(creator, ...at, key)).rejects.toEqual(refused('WrongPhase'));
    await network.trainer(0).commitRound(...at);
    await network.validator(0).join(...at);
    await network.passWindow(taskId, 0, 'commit');
    await network.trainer(0).revealRound(...at);
    await expect(
      outsider.sender.send({ ...contract, functionName: 'reveal', args: [...at, cidToChain(cid), salt] }),
    ).rejects.toEqual(refused('StakeTooLow'));
    await network.passWindow(taskId, 0, 'reveal');
    const wrong = validation.holdout.key;
    await expect(publishKey(creator, ...at, wrong)).rejects.toEqual(refused('WrongKey'));
    expect(await publishKey(creator, ...at, key)).not.toBeNull();
    expect(await publishKey(creator, ...at, key)).toBeNull();
    await network.passWindow(taskId, 0, 'key');
    await expect(network.validator(1).attest(...at)).rejects.toMatchObject({ code: 'NOT_IN_ROUND' });
    await expect(outsider.sender.send({ ...contract, functionName: 'attest', args: [...at, [1n]] })).rejects.toEqual(
      refused('NoSeat'),
    );
  });

  it('a withheld key: the keeper voids the round, nobody is stuck', async () => {
    const { taskId, at } = await openTask();
    const [trainer, validator, keeper] = [network.trainer(0), network.validator(0), network.keeper()];
    await validator.step(...at);
    await trainer.step(...at);
    await network.passWindow(taskId, 0, 'commit');
    await trainer.step(...at);
    await network.passWindow(taskId, 0, 'reveal');
    expect(await keeper.step(...at)).toBe(false);
    await network.passWindow(taskId, 0, 'key');
    expect(await validator.step(...at)).toBe(false);
    expect(await keeper.step(...at)).toBe(false);
    expect((await readRound(network.covey, ...at)).phase).toBe('void');
    expect(network.events.at(-1)).toMatchObject({ event: 'voided', reason: 'keyWithheld' });
    for (const node of [trainer, validator, keeper]) expect(await node.step(...at)).toBe(true);
    // The creator's stake is paid to who revealed, once.
    const task = await readTask(network.covey, taskId);
    expect(network.events.filter(({ event }) => event === 'forfeit-paid')).toMatchObject([
      { node: trainer.address, amount: 10_000n * 10n ** 18n, taskId },
    ]);
    expect(task).toMatchObject({ state: 'stopped', creationStake: 0n });
    expect(await keeper.step(...at)).toBe(true);
    expect(network.events.filter(({ event }) => event === 'forfeit-paid')).toHaveLength(1);
    await expect(verifyRound({ ...network, taskId, round: 0 })).rejects.toMatchObject({ code: 'ROUND_NOT_READY' });
  });

  it('unknown tasks, rounds and listings', async () => {
    const { covey } = network;
    await expect(network.trainer(0).task(10_000n)).rejects.toMatchObject({ code: 'TASK_UNKNOWN' });
    await expect(readRound(covey, 1n, 77)).rejects.toMatchObject({ code: 'ROUND_UNKNOWN' });
    await expect(readListing(covey, 9n)).rejects.toMatchObject({ code: 'LISTING_UNKNOWN' });
  });
});

describe('bad submissions through a whole round, then the market', () => {
  it('each gets its verdict; the model is bought, fetched by CID and used', async () => {
    const { covey, store, core, folder } = network;
    const { taskId, validation, at } = await openTask();
    const honest = [network.trainer(0), network.trainer(1)];
    const architecture = tinyDraft().architecture;
    const parameters = core.initialise(architecture.layers, 1);
    const other = { ...architecture, layers: [{ type: 'dense' as const, inputs: 4, outputs: 4 }] };
    const nan = parameters.slice();
    nan[5] = Number.NaN;
    const prepared: Record<string, Uint8Array> = {
      'wrong-tensors': modelToBytes(other, core.initialise(other.layers, 1)),
      'not-finite': modelToBytes(architecture, nan),
      'not-safetensors': Uint8Array.from(randomBytes(300)),
    };
    const directory = await store.putBlock(0x70, new Uint8Array([0x0a, 0x02, 0x08, 0x01]));
    const unknown = await fileCid(Uint8Array.from(randomBytes(64)));
    const dishonest = [
      ...(await Promise.all(Object.values(prepared).map(async (bytes) => copyOf(await store.add(bytes))))),
      copyOf(directory),
      copyFromState(covey, folder, honest[0]!.address),
      copyOf(unknown),
    ].map((source, n) => network.trainer(2 + n, copying(source, store)));

    // The copier has nothing to copy until its victim's commitment is on chain.
    expect(await dishonest[4]!.commitRound(...at)).toBeNull();
    const validators = [0, 1, 2].map((n) => network.validator(n, { availabilityTimeoutMs: scaled(500) }));
    const keeper = network.keeper();
    const everybody = [...validators, ...honest, ...dishonest];
    for (const node of everybody) await node.step(...at);
    await network.passWindow(taskId, 0, 'commit');
    for (const node of [...everybody, keeper]) await node.step(...at);
    await network.passWindow(taskId, 0, 'reveal');
    await publishKey(network.account(cast.creator), ...at, validation.shards[0]!.key);
    await keeper.step(...at);
    await network.passWindow(taskId, 0, 'key');
    for (const node of everybody) await node.step(...at);
    for (const window of ['availability', 'resultCommit', 'resultReveal'] as const) {
      await network.passWindow(taskId, 0, window);
      for (const node of [...everybody, keeper]) await node.step(...at);
    }
    const { challengeEnd } = await readRound(covey, ...at);
    await network.anvil.testClient.setNextBlockTimestamp({ timestamp: BigInt(challengeEnd) });
    await network.anvil.testClient.mine({ blocks: 1 });
    await keeper.step(...at);
    await keeper.step(...at);

    const { document, cid, info, summary } = await readAcceptedDocument(covey, store, ...at);
    expect(document.submissions.map(({ verdict }) => verdict)).toEqual([
      'valid',
      'valid',
      'wrong-tensors',
      'not-finite',
      'not-safetensors',
      'not-safetensors',
      'duplicate',
      'not-counted',
    ]);
    const entries = await readValidators(covey, info);
    expect(entries.map(({ bitmap }) => bitmap)).toEqual([[0b01111111n], [0b01111111n], [0b01111111n]]);
    expect(entries.map(({ seats }) => seats)).toEqual([20, 20, 20]);
    // The store gives the document back byte for byte.
    expect(await store.get(cid)).toEqual(encodeResultDocument(document));
    expect(await verifyRound({ ...network, taskId, round: 0 })).toMatchObject({ match: true });

    expect(await validators[0]!.openCases(...at)).toEqual({ opened: 1, left: 0 });
    expect(network.events.findLast(({ event }) => event === 'case-opened')).toMatchObject({
      reason: 'submissionUnavailable',
      target: dishonest[5]!.address,
    });

    const creator = network.account(cast.creator);
    await completeTask(creator, taskId, validation.holdout.key);
    await creator.sender.send({
      address: covey.deployment.modelMarket,
      abi: modelMarketAbi,
      functionName: 'list',
      args: [taskId, 5n * 10n ** 18n, 10n ** 17n, summary],
    });
    const listing = await readListing(covey, 1n);
    expect(listing).toMatchObject({ taskId, model: document.model, active: true });
    const buyer = network.account(cast.outsider);
    expect(await buyListing(buyer, listing)).not.toBeNull();
    expect(await buyListing(buyer, listing)).toBeNull();
    const model = await fetchModel(covey, store, taskId, listing.model);
    const { inputs, labels } = tinyData(50, 999);
    const { classes, probabilities } = predict(core, model, inputs);
    const right = classes.filter((predicted, row) => predicted === labels[row]).length;
    // A guess would get a quarter.
    expect(right).toBeGreaterThan(30);
    expect(probabilities[0]!.reduce((a, b) => a + b)).toBeCloseTo(1, 4);
  });
});

describe('before its reveal', () => {
  it('a reveal whose content was lost or altered', async () => {
    const { taskId, at } = await openTask();
    const trainer = network.trainer(0);
    const { cid } = (await trainer.commitRound(...at))!;
    await network.passWindow(taskId, 0, 'commit');
    const bytes = (await trainer.state.kept(...at, cid))!;
    const file = join(trainer.state.folder, `${taskId}-0.${cid}.content`);
    for (const damage of [() => writeFile(file, bytes.subarray(1)), () => rm(file)]) {
      await damage();
      await expect(trainer.revealRound(...at)).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
    }
    // As when the chain took the reveal back: the store has the content.
    expect(await network.store.add(bytes)).toBe(cid);
    expect(await trainer.revealRound(...at)).not.toBeNull();
  });

  it('nothing that was committed is in the content store, and all of it after', async () => {
    const { store } = network;
    const { taskId, validation, at } = await openTask();
    const [trainer, validator] = [network.trainer(0), network.validator(0)];
    const copier = network.trainer(
      1,
      copying(async () => (await trainer.state.load(...at))!.cid, store),
    );
    const absent = (cid: string) => expect(store.stored(cid)).rejects.toMatchObject({ code: 'CONTENT_NOT_FOUND' });
    const kept = async (folder: string) =>
      (await readdir(folder)).filter((name) => name.endsWith('.content') && name.startsWith(`${taskId}-0.`));
    await validator.step(...at);
    const { cid } = (await trainer.commitRound(...at))!;
    await copier.commitRound(...at);
    await absent(cid);
    await network.passWindow(taskId, 0, 'commit');
    // A copier reveals without having anything to upload.
    await copier.revealRound(...at);
    await absent(cid);
    await network.trainer(0).revealRound(...at);
    await network.keeper().step(...at);
    expect(await fileCid(await store.get(cid))).toBe(cid);
    expect(network.events.slice(-3, -1)).toMatchObject([
      { event: 'uploaded', cid },
      { event: 'revealed', cid },
    ]);

    await network.passWindow(taskId, 0, 'reveal');
    await publishKey(network.account(cast.creator), ...at, validation.shards[0]!.key);
    await network.keeper().step(...at);
    await network.passWindow(taskId, 0, 'key');
    await validator.step(...at);
    await network.passWindow(taskId, 0, 'availability');
    await validator.step(...at);
    const { document, model } = (await validator.state.load(...at))!;
    await expect(validator.revealResult(...at)).rejects.toMatchObject({ code: 'ROUND_NOT_READY' });
    for (const secret of [document, model]) await absent(secret);
    expect(await kept(validator.state.folder)).toHaveLength(2);
    await network.passWindow(taskId, 0, 'resultCommit');
    await network.validator(0).step(...at);
    for (const shown of [document, model]) expect(await store.get(shown)).toBeInstanceOf(Uint8Array);
    for (const folder of [trainer.state.folder, validator.state.folder]) expect(await kept(folder)).toEqual([]);
  });
});

describe('joining', () => {
  it('needs the shard and the base model', async () => {
    const { store } = network;
    const { taskId, at } = await openTask();
    const validator = network.validator(0);
    const { document } = await validator.task(taskId);
    for (const cid of [document.validation.shards[0]!.ciphertext, document.initialModel]) {
      const bytes = await store.stored(cid);
      await store.remove(cid);
      await expect(network.validator(0).step(...at)).rejects.toMatchObject({
        code: 'CONTENT_NOT_FOUND',
        expected: cid,
      });
      expect(await validator.entry(...at)).toMatchObject({ stage: 'none' });
      await store.add(bytes);
    }
    await validator.step(...at);
    expect(await validator.entry(...at)).toMatchObject({ stage: 'joined' });
  });
});

describe('availability', () => {
  it('is tested in parallel and within the time limit', async () => {
    const { store } = network;
    const cids = await Promise.all(
      Array.from({ length: 6 }, async () => await store.add(Uint8Array.from(randomBytes(50)))),
    );
    const slow = new Set([cids[1], cids[4]]);
    const asked = new Set<string>();
    const everybodyAsked = Promise.withResolvers<void>();
    store.onBlock = async (cid) => {
      if (asked.add(cid).size === cids.length) everybodyAsked.resolve();
      // Those that answer wait until all were asked; the slow ones never answer.
      await (slow.has(cid) ? new Promise(() => {}) : everybodyAsked.promise);
    };
    const { bitmap, missing } = await checkAvailability({
      reader: store,
      submissions: cids.map((cid, index) => ({ index, cid })),
      maxSubmissionBytes: 1000,
      timeoutMs: scaled(200),
    });
    store.onBlock = undefined;
    expect(bitmap).toEqual([0b101101n]);
    expect(missing.map(({ index, code }) => [index, code])).toEqual([
      [1, 'CONTENT_TIMEOUT'],
      [4, 'CONTENT_TIMEOUT'],
    ]);
  });

  it('is tried three times, with eight fetches at once', async () => {
    const { store } = network;
    const cids = await Promise.all(
      Array.from({ length: 20 }, async () => await store.add(Uint8Array.from(randomBytes(50)))),
    );
    const tries = new Map<string, number>();
    let [now, most] = [0, 0];
    store.onBlock = async (cid) => {
      tries.set(cid, (tries.get(cid) ?? 0) + 1);
      most = Math.max(most, ++now);
      while (most < 8) await new Promise((done) => setTimeout(done, 1));
      await new Promise((done) => setTimeout(done, 5));
      now--;
      const succeeding = cid === cids[3] ? 3 : cid === cids[9] ? 4 : 1;
      if (tries.get(cid)! < succeeding) throw clientError('CONTENT_NOT_FOUND', 'not yet');
    };
    const { bitmap, missing } = await checkAvailability({
      reader: store,
      submissions: cids.map((cid, index) => ({ index, cid })),
      maxSubmissionBytes: 1000,
      timeoutMs: scaled(2_000),
    });
    store.onBlock = undefined;
    expect(missing).toEqual([{ index: 9, cid: cids[9], code: 'CONTENT_NOT_FOUND' }]);
    expect(bitmap).toEqual([(1n << 20n) - 1n - (1n << 9n)]);
    expect(cids.map((cid) => tries.get(cid))).toEqual(cids.map((_, n) => (n === 3 || n === 9 ? 3 : 1)));
    expect(most).toBe(8);
  });

  it('leaves time to attest however many submissions are missing', () => {
    const remainingMs = 60_000;
    expect(fairTimeout({ submissions: 8, wantedMs: 10_000, remainingMs })).toBe(10_000);
    expect(fairTimeout({ submissions: 64, wantedMs: 10_000, remainingMs })).toBe(1_250);
    expect(fairTimeout({ submissions: 64, wantedMs: 10_000, remainingMs: -1 })).toBe(500);
  });

  it('is said in a word for each 256 submissions', async () => {
    const cid = await network.store.add(new Uint8Array([7]));
    const gone = await fileCid(new Uint8Array([8]));
    const { bitmap } = await checkAvailability({
      reader: network.store,
      submissions: Array.from({ length: 300 }, (_, index) => ({ index, cid: index === 257 ? gone : cid })),
      maxSubmissionBytes: 100,
      timeoutMs: scaled(500),
    });
    expect(bitmap).toEqual([(1n << 256n) - 1n, (1n << 44n) - 1n - 2n]);
  });

  it('counts what is too large as available: it gets its verdict in scoring', async () => {
    const cid = await network.store.add(new Uint8Array(500));
    const { bitmap } = await checkAvailability({
      reader: network.store,
      submissions: [{ index: 0, cid }],
      maxSubmissionBytes: 100,
      timeoutMs: scaled(500),
    });
    expect(bitmap).toEqual([1n]);
  });
});

it('submissions read from the chain carry the stake as of the opening, whatever was staked since', async () => {
  const { taskId, at } = await openTask();
  const trainer = network.trainer(0);
  await trainer.commitRound(...at);
  const before = await readStake(network.covey, trainer.address);
  await stake(trainer.covey, 10n ** 18n, () => undefined);
  expect(await trainer.submission(...at)).toMatchObject({ index: null });
  const read = async () => {
    const info = await readRound(network.covey, ...at);
    return await readSubmissions(network.covey, info);
  };
  expect(await read()).toEqual([]);
  await network.passWindow(taskId, 0, 'commit');
  await trainer.revealRound(...at);
  expect(await trainer.submission(...at)).toMatchObject({ index: 0 });
  const [submission] = await read();
  expect(submission).toMatchObject({ index: 0, node: trainer.address, counted: false, stake: before });
  expect((await readStake(network.covey, trainer.address)).own).toBe(before.own + 10n ** 18n);
});
