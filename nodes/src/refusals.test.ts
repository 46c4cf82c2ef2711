import {
  buyListing,
  claimRevenues,
  clientError,
  completeTask,
  fetchModel,
  commitSubmission,
  isRevert,
  joinRound,
  licensedForEver,
  listTaskModel,
  predict,
  publishKey,
  readAcceptedDocument,
  readLicence,
  readListing,
  readListings,
  readOwed,
  readRevenues,
  readRound,
  readStake,
  readSubmissions,
  readTask,
  readValidators,
  revealSubmission,
  soldModel,
  stake,
  verifyRound,
} from '@covey/client';
import { scaled } from '@covey/client/testing/pace';
import type { CoveyError } from '@covey/errors';
import { randomBytes } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeResultDocument, fileCid, modelToBytes, parameterRoot, submissionCommitment } from '@covey/protocol';
import { bytesToHex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { playOn, playUntil, type Until } from './testing/play-round.ts';
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

/** Every test has a task of its own, with a part of each node's stake. */
const allocate = 10n ** 18n / 16n;

/** A task that nodes can join, whose first round is in a phase in which nobody has done anything yet. */
async function openTask(until: Until = 'commit', joining: { trainers?: number; validators?: number } = {}) {
  // Ranked by loss, so that an honest update is valid whatever the others are.
  const task = await network.task({ rounds: 1, ranking: 'loss' });
  const trainers = Array.from({ length: joining.trainers ?? 8 }, (_, n) => network.trainer(n, { allocate }));
  const validators = Array.from({ length: joining.validators ?? 3 }, (_, n) => network.validator(n, { allocate }));
  await network.prepare(task.taskId, [...trainers, ...validators]);
  const players = { task, trainers, validators };
  await playUntil(network, players, 0, until);
  return { ...task, players, at: [task.taskId, 0] as const, key: { taskId: task.taskId, round: 0 } };
}

describe('what the contracts refuse has its own error name', () => {
  it('a late commit, a reveal before its window and after it', async () => {
    const { at, key } = await openTask();
    const [early, late] = [network.trainer(0), network.trainer(1)];
    const committed = await early.commitRound(...at);
    const opening = (await early.state.load(key))!;
    await expect(revealSubmission(early.covey, key, opening)).rejects.toEqual(refused('WrongPhase'));
    // The node itself does not even upload.
    await expect(early.revealRound(...at)).rejects.toMatchObject({ code: 'ROUND_NOT_READY' });
    await expect(network.store.stored(committed!.cid)).rejects.toMatchObject({ code: 'CONTENT_NOT_FOUND' });
    await network.passWindow(...at, 'commit');
    await expect(late.commitRound(...at)).rejects.toEqual(refused('WrongPhase'));
    await network.passWindow(...at, 'reveal');
    await expect(early.revealRound(...at)).rejects.toEqual(refused('WrongPhase'));
  });

  it('a second commit, a wrong salt, another CID or root, a double reveal', async () => {
    const { at, key } = await openTask();
    const trainer = network.trainer(0);
    await trainer.commitRound(...at);
    expect(await trainer.commitRound(...at)).toBeNull();
    const opening = (await trainer.state.load(key))!;
    const again = submissionCommitment({ ...key, ...opening, salt: bytesToHex(randomBytes(32)) });
    await expect(commitSubmission(trainer.covey, key, again)).rejects.toEqual(refused('AlreadyCommitted'));

    await network.passWindow(...at, 'commit');
    const reveal = (changes: Partial<typeof opening>) =>
      revealSubmission(trainer.covey, key, { ...opening, ...changes });
    for (const changes of [
      { salt: bytesToHex(randomBytes(32)) },
      { parameterRoot: bytesToHex(randomBytes(32)) },
      { cid: await fileCid(new Uint8Array([1])) },
    ]) {
      const mismatch = await reveal(changes).catch((error: unknown) => error);
      expect(isRevert(mismatch, 'CommitmentMismatch')).toBe(true);
      expect((mismatch as CoveyError).hint).toMatch(/state folder/);
      expect((mismatch as CoveyError).contractArgs?.[0]).toBe(trainer.address);
    }

    expect(await trainer.revealRound(...at)).not.toBeNull();
    expect(await trainer.revealRound(...at)).toBeNull();
    await expect(reveal({})).rejects.toEqual(refused('NotCommitted'));
    await expect(network.trainer(1).revealRound(...at)).rejects.toMatchObject({ code: 'NOT_IN_ROUND' });
  });

  it('a reveal without the state that it was committed with', async () => {
    const { at, key } = await openTask();
    const trainer = network.trainer(0);
    await trainer.commitRound(...at);
    await network.passWindow(...at, 'commit');
    await rm(trainer.state.path(key));
    await expect(trainer.revealRound(...at)).rejects.toMatchObject({
      code: 'STATE_CORRUPT',
      expected: trainer.state.path(key),
    });
  });

  it('too little stake, no seat, an early key, a wrong key', async () => {
    const { taskId, validation } = await network.task({ rounds: 1, ranking: 'loss' });
    const at = [taskId, 0] as const;
    const trainers = [0, 1].map((n) => network.trainer(n, { allocate }));
    const validators = [0, 1].map((n) => network.validator(n, { allocate }));
    await network.prepare(taskId, [...trainers, ...validators]);
    const creator = network.creator({ taskId, validation });
    expect(await creator.openRound()).toBe(0);
    const outsider = network.account(cast.outsider);
    await expect(joinRound({ covey: outsider, taskId, round: 0, role: 'validator' })).rejects.toEqual(
      refused('NothingAllocated'),
    );
    // Nodes do not even try: what they could not reveal they do not join.
    const covey = outsider;
    for (const node of [network.trainer(0, { covey }), network.validator(0, { covey })]) {
      expect(await node.step(...at)).toBe(true);
      expect(network.events.at(-1)).toMatchObject({ event: 'missed', step: 'stake' });
    }
    // What is allocated now counts from the next round on.
    await network.trainer(0, { covey }).prepare(taskId);
    expect(await network.trainer(0, { covey }).step(...at)).toBe(true);
    await expect(network.trainer(0, { covey }).join(...at)).rejects.toMatchObject({ code: 'STAKE_TOO_LOW' });
    // In one task a node has one role.
    await expect(network.validator(0, { covey }).prepare(taskId)).rejects.toMatchObject({ code: 'ROLE_TAKEN' });

    for (const node of [trainers[0]!, validators[0]!]) await node.step(...at);
    await network.passWindow(...at, 'join');
    await network.keeper().step(...at);
    await expect(network.trainer(1).commitRound(...at)).rejects.toMatchObject({ code: 'NOT_IN_ROUND' });
    expect(await network.trainer(1).step(...at)).toBe(true);
    expect(network.events.at(-1)).toMatchObject({ event: 'missed', step: 'join' });
    await expect(commitSubmission(outsider, { taskId, round: 0 }, `0x${'1'.repeat(64)}`)).rejects.toEqual(
      refused('NoSeat'),
    );
    const key = validation.shards[0]!.key;
    await expect(publishKey(creator.covey, ...at, key)).rejects.toEqual(refused('WrongPhase'));
    await playOn(
      network,
      { task: { taskId, validation, document: '' }, trainers: [trainers[0]!], validators: [validators[0]!] },
      0,
      'commit',
      'attest',
    );
    await expect(network.validator(1).attest(...at)).rejects.toMatchObject({ code: 'NOT_IN_ROUND' });
    await validators[0]!.step(...at);
    await network.passWindow(...at, 'attest');
    await validators[0]!.step(...at);
    await network.passWindow(...at, 'attestReveal');
    const wrong = validation.holdout.key;
    await expect(publishKey(creator.covey, ...at, wrong)).rejects.toEqual(refused('WrongKey'));
    expect(await publishKey(creator.covey, ...at, key)).not.toBeNull();
    expect(await publishKey(creator.covey, ...at, key)).toBeNull();
  });

  it('a withheld key: the keeper voids the round, nobody is stuck', async () => {
    const { taskId, players, at } = await openTask('key', { trainers: 1, validators: 1 });
    const [trainer, validator, keeper] = [players.trainers[0]!, players.validators[0]!, network.keeper()];
    expect(await keeper.step(...at)).toBe(false);
    expect(await validator.step(...at)).toBe(false);
    await network.passWindow(...at, 'key');
    // No key, nothing to score.
    expect(await validator.step(...at)).toBe(false);
    expect(await keeper.step(...at)).toBe(false);
    expect((await readRound(network.covey, ...at)).phase).toBe('void');
    expect(network.events.at(-1)).toMatchObject({ event: 'voided', reason: 'keyWithheld' });
    for (const node of [trainer, validator, keeper]) expect(await node.step(...at)).toBe(true);
    // A fifth of the creator's stake is paid to who revealed, once.
    const task = await readTask(network.covey, taskId);
    const paid = () =>
      network.events.filter((event) => event.event === 'forfeit-paid').filter((event) => event.taskId === taskId);
    expect(paid()).toHaveLength(1);
    const { node, amount } = paid()[0]!;
    expect(node).toBe(trainer.address);
    expect(2_000n * 10n ** 18n - amount).toBeLessThan(64n);
    expect(task).toMatchObject({ state: 'stopped', creationStake: 0n });
    expect(await keeper.step(...at)).toBe(true);
    expect(paid()).toHaveLength(1);
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
    const { taskId, validation, at, players } = await openTask();
    const honest = [network.trainer(0), network.trainer(1)];
    const architecture = tinyDraft().architecture;
    const parameters = core.initialise(architecture.layers, 1);
    const other = { ...architecture, layers: [{ type: 'dense' as const, inputs: 4, outputs: 4 }] };
    const nan = parameters.slice();
    nan[5] = Number.NaN;
    const prepared: Uint8Array[] = [
      modelToBytes(other, core.initialise(other.layers, 1)),
      modelToBytes(architecture, nan),
      Uint8Array.from(randomBytes(300)),
    ];
    const whole = modelToBytes(architecture, core.initialise(architecture.layers, 9));
    const unknown = await fileCid(Uint8Array.from(randomBytes(64)));
    const dishonest = [
      ...(await Promise.all(prepared.map(async (bytes) => copyOf(await store.add(bytes), parameterRoot(bytes))))),
      // Whole, but under the root of something else.
      copyOf(await store.add(whole)),
      copyFromState(covey, folder, honest[0]!.address),
      copyOf(unknown),
    ].map((source, n) => network.trainer(2 + n, copying(source, store)));

    // The copier has nothing to copy until its victim's commitment is on chain.
    expect(await dishonest[4]!.commitRound(...at)).toBeNull();
    const validators = [0, 1, 2].map((n) => network.validator(n, { availabilityTimeoutMs: scaled(500) }));
    const keeper = network.keeper();
    await playOn(network, { ...players, trainers: [...honest, ...dishonest], validators }, 0, 'commit', 'challenge');
    await network.passChallenge(...at);
    await keeper.step(...at);
    await keeper.step(...at);

    const { document, cid, info } = await readAcceptedDocument(covey, store, ...at);
    expect(document.submissions.map(({ verdict }) => verdict)).toEqual([
      'valid',
      'valid',
      'wrong-tensors',
      'not-finite',
      'not-safetensors',
      'wrong-root',
      'duplicate',
      'not-counted',
    ]);
    const entries = await readValidators(covey, info);
    expect(entries.map(({ missing }) => missing?.missing)).toEqual([[0b10000000n], [0b10000000n], [0b10000000n]]);
    expect(entries.map(({ seats }) => seats)).toEqual([80, 80, 80]);
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
    const terms = { token: covey.deployment.token, price: 5n * 10n ** 18n, period: 0, creatorShare: 10n ** 17n };
    await listTaskModel(creator, { taskId }, terms);
    const listing = await readListing(covey, 1n);
    expect(listing).toMatchObject({ taskId, kind: 'task', model: document.model, state: 'active', sealed: null });
    const buyer = network.account(cast.outsider);
    expect(await buyListing(buyer, listing)).not.toBeNull();
    expect(await buyListing(buyer, listing)).toBeNull();
    const [sold] = await readListings(covey);
    expect(sold).toMatchObject({ listingId: 1n, sales: 1n });
    // Contributors get what fee and creator leave, each by its weight and once.
    let contributed = 0n;
    for (const { address } of honest) {
      const revenues = await readRevenues(covey, store, address, [sold!]);
      const { claimed } = await claimRevenues(buyer, address, revenues);
      expect(claimed).toEqual(revenues.map(({ listingId, round, amount }) => ({ listingId, round, amount })));
      contributed += claimed.reduce((sum, { amount }) => sum + amount, 0n);
      expect(await readRevenues(covey, store, address, [sold!])).toEqual([]);
    }
    expect(contributed).toBeGreaterThan(0n);
    expect(sold!.contributorRevenue - contributed).toBeLessThan(2n);
    expect(await readOwed(covey, creator.sender.address, [])).toMatchObject([
      { where: 'market', amount: listing.price / 10n },
    ]);
    expect(await readLicence(covey, listing, buyer.sender.address)).toBe(licensedForEver);
    const model = await fetchModel(covey, store, taskId, soldModel(listing));
    const { inputs, labels } = tinyData(50, 999);
    const { classes, outputs } = predict(core, model, inputs);
    const right = classes.filter((predicted, row) => predicted === labels[row]).length;
    // A guess would get a quarter.
    expect(right).toBeGreaterThan(30);
    expect(outputs[0]!.reduce((a, b) => a + b)).toBeCloseTo(1, 4);
  });
});

describe('before its reveal', () => {
  it('a reveal whose content was lost or altered', async () => {
    const { taskId, at, key } = await openTask();
    const trainer = network.trainer(0);
    const { cid } = (await trainer.commitRound(...at))!;
    await network.passWindow(...at, 'commit');
    const bytes = (await trainer.state.kept(key, cid))!;
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
    const { taskId, at, key, players } = await openTask('commit', { trainers: 2, validators: 1 });
    const [trainer, validator] = [network.trainer(0), network.validator(0)];
    const copier = network.trainer(
      1,
      copying(async () => await trainer.state.load(key), store),
    );
    const absent = (cid: string) => expect(store.stored(cid)).rejects.toMatchObject({ code: 'CONTENT_NOT_FOUND' });
    const kept = async (folder: string) =>
      (await readdir(folder)).filter((name) => name.endsWith('.content') && name.startsWith(`${taskId}-0.`));
    const { cid } = (await trainer.commitRound(...at))!;
    await copier.commitRound(...at);
    await absent(cid);
    await network.passWindow(...at, 'commit');
    // A copier reveals without having anything to upload.
    await copier.revealRound(...at);
    await absent(cid);
    await network.trainer(0).revealRound(...at);
    expect(await fileCid(await store.get(cid))).toBe(cid);
    expect(network.events.slice(-2)).toMatchObject([
      { event: 'uploaded', cid },
      { event: 'revealed', cid },
    ]);

    await network.passWindow(...at, 'reveal');
    await network.keeper().step(...at);
    await playOn(network, { ...players, trainers: [], validators: [validator] }, 0, 'attest', 'resultCommit');
    await validator.step(...at);
    const { document, model } = (await validator.state.load(key))!;
    await expect(validator.revealResult(...at)).rejects.toMatchObject({ code: 'ROUND_NOT_READY' });
    for (const secret of [document, model]) await absent(secret);
    expect(await kept(validator.state.folder)).toHaveLength(2);
    await network.passWindow(...at, 'resultCommit');
    await network.validator(0).step(...at);
    for (const shown of [document, model]) expect(await store.get(shown)).toBeInstanceOf(Uint8Array);
    for (const folder of [trainer.state.folder, validator.state.folder]) expect(await kept(folder)).toEqual([]);
  });
});

describe('joining', () => {
  it('needs the shard and the base model', async () => {
    const { store } = network;
    const task = await network.task({ rounds: 1, ranking: 'loss' });
    const at = [task.taskId, 0] as const;
    // What one of them got once it keeps, so each lacks something else.
    const validators = [0, 1].map((index) => network.validator(index, { allocate }));
    await network.prepare(task.taskId, [...validators, network.trainer(0, { allocate })]);
    expect(await network.creator(task).openRound()).toBe(0);
    const { document } = await validators[0]!.task(task.taskId);
    const needed = [document.validation.shards[0]!.ciphertext, document.initialModel];
    for (const [i, validator] of validators.entries()) {
      const joined = async () => (await validator.candidacy(await readRound(network.covey, ...at))) !== null;
      const cid = needed[i]!;
      const bytes = await store.stored(cid);
      await store.remove(cid);
      await expect(validator.step(...at)).rejects.toMatchObject({ code: 'CONTENT_NOT_FOUND', expected: cid });
      expect(await joined()).toBe(false);
      await store.add(bytes);
      await validator.step(...at);
      expect(await joined()).toBe(true);
    }
  });
});

describe('availability', () => {
  const shard = () => network.store.add(new Uint8Array([1, 2, 3]));
  const node = '0x00000000000000000000000000000000000000aa';

  it('is tested in parallel and within the time limit', async () => {
    const { store } = network;
    const ciphertext = await shard();
    const cids = await Promise.all(
      Array.from({ length: 6 }, async () => await store.add(Uint8Array.from(randomBytes(50)))),
    );
    const slow = new Set([cids[1], cids[4]]);
    const asked = new Set<string>();
    const everybodyAsked = Promise.withResolvers<void>();
    store.onBlock = async (cid) => {
      if (asked.add(cid).size === cids.length + 1) everybodyAsked.resolve();
      // Those that answer wait until all were asked; the slow ones never answer.
      await (slow.has(cid) ? new Promise(() => {}) : everybodyAsked.promise);
    };
    const { ciphertextMissing, missing } = await checkAvailability({
      reader: store,
      ciphertext,
      submissions: cids.map((cid, index) => ({ index, cid, node })),
      maxSubmissionBytes: 1000,
      timeoutMs: scaled(200),
    });
    store.onBlock = undefined;
    expect(ciphertextMissing).toBe(false);
    expect(missing.map(({ index, code }) => [index, code])).toEqual([
      [1, 'CONTENT_TIMEOUT'],
      [4, 'CONTENT_TIMEOUT'],
    ]);
  });

  it('is tried three times, with eight fetches at once', async () => {
    const { store } = network;
    const ciphertext = await shard();
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
    const { ciphertextMissing, missing } = await checkAvailability({
      reader: store,
      ciphertext,
      submissions: cids.map((cid, index) => ({ index, cid, node })),
      maxSubmissionBytes: 1000,
      timeoutMs: scaled(2_000),
    });
    store.onBlock = undefined;
    expect(missing).toEqual([{ index: 9, cid: cids[9], code: 'CONTENT_NOT_FOUND' }]);
    expect(ciphertextMissing).toBe(false);
    expect(cids.map((cid) => tries.get(cid))).toEqual(cids.map((_, n) => (n === 3 || n === 9 ? 3 : 1)));
    expect(most).toBe(8);
  });

  it('leaves time to attest however many submissions are missing', () => {
    const remainingMs = 60_000;
    // In half of the window, three tries of each of eight pieces at once, and one pin.
    expect(fairTimeout({ submissions: 7, wantedMs: 5_000, remainingMs })).toBe(5_000);
    expect(fairTimeout({ submissions: 7, wantedMs: 10_000, remainingMs })).toBe(7_500);
    expect(fairTimeout({ submissions: 63, wantedMs: 10_000, remainingMs })).toBe(937);
    expect(fairTimeout({ submissions: 64, wantedMs: 10_000, remainingMs: -1 })).toBe(500);
  });

  it('misses the shard’s ciphertext apart from submissions', async () => {
    const cid = await network.store.add(new Uint8Array([7]));
    const gone = await fileCid(new Uint8Array([8]));
    const found = await checkAvailability({
      reader: network.store,
      ciphertext: gone,
      submissions: [{ index: 0, cid, node }],
      maxSubmissionBytes: 100,
      timeoutMs: scaled(500),
    });
    expect(found).toEqual({ ciphertextMissing: true, missing: [] });
  });

  it('counts what is too large as available: it gets its verdict in scoring', async () => {
    const cid = await network.store.add(new Uint8Array(500));
    const found = await checkAvailability({
      reader: network.store,
      ciphertext: await shard(),
      submissions: [{ index: 0, cid, node }],
      maxSubmissionBytes: 100,
      timeoutMs: scaled(500),
    });
    expect(found).toEqual({ ciphertextMissing: false, missing: [] });
  });
});

it('submissions read from the chain carry the stake as of the opening, whatever was staked since', async () => {
  const { taskId, at } = await openTask();
  const trainer = network.trainer(0);
  await trainer.commitRound(...at);
  const { own } = await readStake(network.covey, trainer.address);
  await stake(trainer.covey, 16n * 10n ** 18n, () => undefined);
  expect(await trainer.submission(...at)).toMatchObject({ index: null });
  const read = async () => await readSubmissions(network.covey, await readRound(network.covey, ...at));
  expect(await read()).toEqual([]);
  await network.passWindow(taskId, 0, 'commit');
  await trainer.revealRound(...at);
  expect(await trainer.submission(...at)).toMatchObject({ index: 0 });
  const [submission] = await read();
  expect(submission).toMatchObject({ index: 0, node: trainer.address, counted: false, stake: { own: own / 16n } });
  expect((await readStake(network.covey, trainer.address)).own).toBe(own + 16n * 10n ** 18n);
});
