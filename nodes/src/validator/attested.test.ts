import { clientError, readRound, readSubmissions, type ContentStore } from '@covey/client';
import { blockCid } from '@covey/protocol';
import { readCoreWasm } from '@covey/wasm-core/node';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryStore } from '@covey/client/testing';
import { sha256 } from 'viem';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KeptContent } from '../state/kept-content.ts';
import { playOn, playUntil } from '../testing/play-round.ts';
import { startTestNetwork, type TestNetwork } from '../testing/test-network.ts';
import { ApprovedScorers } from './approved-scorers.ts';

let network: TestNetwork;

beforeAll(async () => {
  network = await startTestNetwork();
});

afterAll(async () => {
  await network?.stop();
});

it('what a validator attested to is scored and served after everybody else has dropped it, also by a restarted one', async () => {
  const task = await network.task({ rounds: 1, ranking: 'loss' });
  const at = [task.taskId, 0] as const;
  const [trainers, validators] = [[network.trainer(0), network.trainer(1)], [network.validator(0)]];
  await network.prepare(task.taskId, [...trainers, ...validators]);
  const players = { task, trainers, validators };
  await playUntil(network, players, 0, 'attestReveal');

  const { document: terms } = await validators[0]!.task(task.taskId);
  const submitted = (await readSubmissions(network.covey, await readRound(network.covey, ...at))).map(({ cid }) => cid);
  expect(submitted).toHaveLength(2);
  const cids = [...submitted, terms.validation.shards[0]!.ciphertext];
  expect([...network.store.pins]).toEqual(expect.arrayContaining(cids));
  network.store.onBlock = (cid) => {
    if (cids.includes(cid)) throw clientError('CONTENT_NOT_FOUND', `${cid} is gone`);
  };
  await playOn(network, { ...players, validators: [network.validator(0)] }, 0, 'attestReveal', 'resultCommit');
  const again = network.validator(0);
  const committed = await again.commitResult(...at);
  expect(committed).toMatchObject({ resultHash: expect.stringMatching(/^0x/) as string });
  delete network.store.onBlock;
  const { document } = (await again.state.load({ taskId: task.taskId, round: 0 }))!;
  expect(document).not.toBe('');
});

it('who hides from its store what a gateway gave keeps a validator from its commitment no longer than a fetch', async () => {
  const task = await network.task({ rounds: 1, ranking: 'loss' });
  const at = [task.taskId, 0] as const;
  const trainers = [network.trainer(2), network.trainer(3)];
  const limits: (number | undefined)[] = [];
  // As Kubo does: it looks for what it does not have until its time is over.
  const pin: ContentStore['pin'] = (cid, { timeoutMs } = {}) => {
    limits.push(timeoutMs);
    return Promise.reject(clientError('CONTENT_TIMEOUT', `${cid} was not found in time.`));
  };
  const store = { ...network.store, pin };
  const validator = network.validator(1, { store, availabilityTimeoutMs: 1_700 });
  await network.prepare(task.taskId, [...trainers, validator]);
  await playUntil(network, { task, trainers, validators: [validator] }, 0, 'attest');
  expect(await validator.attest(...at)).toMatchObject({ ciphertextMissing: false, missing: [] });
  // Shard and base before it joined, the shard and two submissions before it committed.
  expect(limits).toEqual(new Array(5).fill(1_700));
});

it('content is kept whole or not at all, within its limit, and only until its round is over', async () => {
  const root = await mkdtemp(join(tmpdir(), 'covey-kept-'));
  try {
    const kept = new KeptContent(root, 1_000);
    const bytes = new Uint8Array(500).fill(7);
    expect(await kept.keep(1n, 0, 'a', bytes)).toBe(true);
    expect(await kept.keep(1n, 0, 'b', bytes)).toBe(false);
    expect(await kept.kept(1n, 0, 'b')).toBeNull();
    // As after a kill: another process, the same folder.
    expect(await new KeptContent(root).kept(1n, 0, 'a')).toEqual(bytes);
    const path = join(root, 'attested-1-0', 'a');
    await writeFile(path, (await readFile(path)).fill(0, 40, 41));
    expect(await kept.kept(1n, 0, 'a')).toBeNull();
    await kept.forget(1n, 0);
    expect(await readdir(root)).toEqual([]);
    expect(await kept.keep(1n, 1, 'b', bytes)).toBe(true);
  } finally {
    await rm(root, { recursive: true });
  }
});

it('a scorer is the installed one or comes from IPFS by its hash, is tried out, and else is refused', async () => {
  const installed = await readCoreWasm();
  const store = memoryStore();
  const scorers = new ApprovedScorers({ own: () => Promise.resolve(installed), reader: store });
  expect(await scorers.load(sha256(installed))).toEqual(installed);
  const other = Uint8Array.from([...installed, 0, 6, 5, ...new TextEncoder().encode('covey')]);
  await expect(scorers.load(sha256(other))).rejects.toMatchObject({
    code: 'SCORER_UNAVAILABLE',
    expected: `SHA-256 ${sha256(other)}, ${blockCid(0x55, other)} on IPFS`,
  });
  await store.putBlock(0x55, other);
  expect(await scorers.load(sha256(other))).toEqual(other);
  const broken = installed.slice(0, 100);
  await store.putBlock(0x55, broken);
  await expect(scorers.load(sha256(broken))).rejects.toMatchObject({ code: 'SCORER_UNAVAILABLE' });
});
