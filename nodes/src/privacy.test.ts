import { readRound } from '@covey/client';
import { fileCid } from '@covey/protocol';
import { composePrivacy } from '@covey/wasm-core';
import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEther } from 'viem';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ReleaseGate } from './privacy/budget.ts';
import { PrivacyLedger } from './privacy/ledger.ts';
import { nodeSecret } from './privacy/node-secret.ts';
import { playOn, playUntil } from './testing/play-round.ts';
import { startTestNetwork, type TestNetwork } from './testing/test-network.ts';
import { tinyData } from './testing/tiny-task.ts';
import { trainOwnData } from './trainer/train-own-data.ts';
import type { TrainerNode, TrainerOptions } from './trainer/trainer-node.ts';
import { trainHere } from './trainer/training.ts';

const noise = 4;
const delta = 1e-5;
const allocate = parseEther('0.5');
const epsilonOf = (steps: number) => composePrivacy({ releases: [{ noise, steps }], delta }).epsilon;

let network: TestNetwork;

beforeAll(async () => {
  network = await startTestNetwork();
});

afterAll(async () => {
  await network.stop();
});

it('a node with a budget stops joining, and makes the same update again after it died', async () => {
  const stateDir = join(network.folder, 'budgeted');
  const ledger = new PrivacyLedger(stateDir);
  const allowance = { epsilon: (epsilonOf(1) + epsilonOf(2)) / 2, delta };
  const gate = new ReleaseGate({ ledger, data: 'own', noise, allowance });
  const produce = trainOwnData({
    train: trainHere(network.core),
    data: tinyData(160, 5),
    privacy: { clip: 1, noise, secret: await nodeSecret(stateDir) },
  });
  /** As it starts anew, with the same folder. */
  const started = (changes: Partial<TrainerOptions> = {}): TrainerNode =>
    network.trainer(5, { stateDir, gate, produce, allocate, ...changes });
  const task = await network.task({ rounds: 2, ranking: 'loss' });
  const trainers = [started(), network.trainer(6, { allocate })];
  const validators = [network.validator(0, { allocate })];
  await network.prepare(task.taskId, [...trainers, ...validators]);
  const players = { task, trainers, validators };

  await playUntil(network, players, 0, 'commit');
  expect(await ledger.entries()).toMatchObject([{ round: 0, cid: null }]);
  let made = new Uint8Array();
  const dies = started({
    produce: async (round) => {
      made = (await produce(round)) as Uint8Array<ArrayBuffer>;
      throw new Error('died right after training');
    },
  });
  await expect(dies.step(task.taskId, 0)).rejects.toThrow('died');
  expect(await ledger.entries()).toMatchObject([{ round: 0, cid: null }]);
  // And once more where the update is counted, and neither kept nor committed.
  const taken = join(trainers[0]!.state.folder, `${task.taskId}-0.${await fileCid(made)}.content`);
  await mkdir(taken, { recursive: true });
  await expect(started().step(task.taskId, 0)).rejects.toThrow('EISDIR');
  await rmdir(taken);
  const counted = await ledger.entries();
  expect(counted).toMatchObject([{ round: 0, noise }]);

  await playOn(network, players, 0, 'commit', 'challenge');
  const { cid } = (await trainers[0]!.state.load({ taskId: task.taskId, round: 0 }))!;
  expect(counted[0]!.cid).toBe(cid);
  expect(await network.store.get(cid)).toEqual(made);
  expect(await ledger.entries()).toEqual(counted);

  await network.passChallenge(task.taskId, 0);
  const keeper = network.keeper();
  while (!(await keeper.step(task.taskId, 0)));
  expect(await network.creator(task).openRound()).toBe(1);
  await expect(started().step(task.taskId, 1)).rejects.toMatchObject({ code: 'PRIVACY_SPENT', kind: 'refused' });
  await trainers[1]!.step(task.taskId, 1);
  expect(await readRound(network.covey, task.taskId, 1)).toMatchObject({ trainerCandidates: 1 });
  expect(await ledger.entries()).toEqual(counted);
  expect(network.events.filter(({ event }) => event === 'privacy').at(-1)).toMatchObject({
    epsilon: epsilonOf(1),
    left: allowance.epsilon - epsilonOf(1),
  });
}, 120_000);
