import { readRoundCount } from '@covey/client';
import { scaled } from '@covey/client/testing/pace';
import { modelToBytes, type TaskDocument } from '@covey/protocol';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestNetwork, type TestNetwork } from '../testing/test-network.ts';
import { tinyData, tinyDraft } from '../testing/tiny-task.ts';
import { trainHere, trainInWorker } from '../trainer/training.ts';
import { atMost } from './at-most.ts';

let network: TestNetwork;

beforeAll(async () => {
  network = await startTestNetwork();
});

afterAll(async () => {
  await network?.stop();
});

it('a creator opens no round while nobody could join it, and opens it once a trainer and a validator are allocated', async () => {
  const task = await network.task({ rounds: 1 });
  const { taskId } = task;
  const stop = new AbortController();
  const running = network.creator(task).run({ signal: stop.signal, pollMs: 50 });
  try {
    await network.prepare(taskId, [network.trainer(0)]);
    await sleep(scaled(1_000));
    expect(await readRoundCount(network.covey, taskId)).toBe(0);
    expect(network.events).toContainEqual(
      expect.objectContaining({ event: 'waiting', taskId, trainers: 1, validators: 0, secured: false }),
    );
    await network.prepare(taskId, [network.validator(0)]);
    await expect.poll(() => readRoundCount(network.covey, taskId), { timeout: scaled(20_000) }).toBe(1);
  } finally {
    stop.abort();
    await running;
  }
});

it('tasks whose documents never come stall nobody: another task’s round is joined meanwhile', async () => {
  const good = await network.task({ rounds: 1 });
  const dead: string[] = [];
  for (let n = 0; n < 3; n++) dead.push((await network.task({ rounds: 1, name: `Dead ${n}` })).document);
  await network.prepare(good.taskId, [network.validator(1), network.trainer(1)]);
  expect(await network.creator(good).openRound()).toBe(0);
  network.store.onBlock = (cid) => (dead.includes(cid) ? new Promise(() => undefined) : undefined);
  const stop = new AbortController();
  // One that has read nothing yet, as after a start.
  const running = network.validator(1).run({ signal: stop.signal, pollMs: 100 });
  try {
    // Three documents of 30 s each, one after the other, were 90 s.
    await expect
      .poll(() => network.events, { timeout: scaled(20_000) })
      .toContainEqual(expect.objectContaining({ event: 'joined', taskId: good.taskId }));
  } finally {
    stop.abort();
    delete network.store.onBlock;
    await running;
  }
});

it('training leaves this thread to others, and gives the same bytes', async () => {
  const draft = tinyDraft({ training: { epochs: 400, batchSize: 4, learningRate: 1e-4, momentum: 0 } });
  const task = draft as unknown as TaskDocument;
  const base = modelToBytes(draft.architecture, network.core.initialise(draft.architecture.layers, 1));
  const options = { task, base, data: tinyData(160, 5), seed: 3 };
  let beats = 0;
  const beat = setInterval(() => beats++, 5);
  const inWorker = await trainInWorker(options);
  clearInterval(beat);
  expect(beats).toBeGreaterThan(3);
  expect(inWorker.bytes).toEqual((await trainHere(network.core)(options)).bytes);
});

it('training ends at the time that its operator allows', async () => {
  const draft = tinyDraft({ training: { epochs: 1_000_000, batchSize: 1, learningRate: 1e-6, momentum: 0 } });
  const task = draft as unknown as TaskDocument;
  const base = modelToBytes(draft.architecture, network.core.initialise(draft.architecture.layers, 1));
  const options = { task, base, data: tinyData(160, 5), seed: 3 };
  await expect(trainInWorker({ ...options, limits: { maxComputeMs: 300 } })).rejects.toMatchObject({
    code: 'TIME_LIMIT',
  });
  await expect(trainInWorker({ ...options, limits: { maxMemoryBytes: 1 } })).rejects.toMatchObject({
    code: 'MEMORY_LIMIT',
  });
});

it('so many run at once, and the others in their order', async () => {
  const limit = atMost(2);
  const log: string[] = [];
  const ends: (() => void)[] = [];
  const work = (name: string) => () =>
    new Promise<void>((resolve) => {
      log.push(name);
      ends.push(resolve);
    });
  const all = ['a', 'b', 'c', 'd'].map((name) => limit(work(name)));
  await sleep(0);
  expect(log).toEqual(['a', 'b']);
  ends.shift()!();
  await all[0];
  await sleep(0);
  expect(log).toEqual(['a', 'b', 'c']);
  // One that fails gives its place back too.
  const odd = limit(() => Promise.reject(new Error('odd')));
  odd.catch(() => undefined);
  while (ends.length > 0) {
    for (const end of ends.splice(0)) end();
    await sleep(0);
  }
  await Promise.all(all);
  expect(log).toEqual(['a', 'b', 'c', 'd']);
  await expect(odd).rejects.toThrow('odd');
});
