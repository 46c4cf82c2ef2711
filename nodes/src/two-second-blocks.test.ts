import { clientError, readRound, readStake, readValidator, type ContentStore } from '@covey/client';
import { cidFromChain } from '@covey/protocol';
import { readCoreWasm } from '@covey/wasm-core/node';
import { sha256 } from 'viem';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scaled } from '@covey/client/testing/pace';
import { startTestNetwork, type TestNetwork } from './testing/test-network.ts';
import { scoreInWorker } from './validator/scoring.ts';
import type { ValidatorNode } from './validator/validator-node.ts';

let network: TestNetwork;
/** The core with a section that does nothing: another hash, the same numbers. Nobody has it installed. */
let approved: Uint8Array;

beforeAll(async () => {
  approved = Uint8Array.from([...(await readCoreWasm()), 0, 6, 5, ...new TextEncoder().encode('covey')]);
  network = await startTestNetwork({ scorer: sha256(approved) });
  await network.store.putBlock(0x55, approved);
});

afterAll(async () => {
  await network?.stop();
});

interface Running {
  stop(): Promise<void>;
}

const running: Running[] = [];

function start(node: { run(options: { signal: AbortSignal; pollMs: number }): Promise<void> }): Running {
  const stop = new AbortController();
  const ended = node.run({ signal: stop.signal, pollMs: 250 });
  const daemon = { stop: () => (stop.abort(), ended) };
  running.push(daemon);
  return daemon;
}

const patience = { timeout: scaled(60_000), interval: 100 };
const count = (name: string) => network.events.filter(({ event }) => event === name).length;
const until = (name: string, times: number) => expect.poll(() => count(name), patience).toBeGreaterThanOrEqual(times);

it(
  'a whole round on two-second blocks: with a validator that comes late, one restarted, and one without the scorer, which does not join',
  { timeout: scaled(400_000) },
  async () => {
    const { covey, store, anvil, deployment } = network;
    const task = await network.task({ rounds: 1, ranking: 'loss' });
    const { taskId, validation } = task;
    const scorerCid = cidFromChain({ codec: 0x55n, digest: sha256(approved) });
    const without: ContentStore = {
      ...store,
      get: (cid, options) =>
        cid === scorerCid ? Promise.reject(clientError('CONTENT_NOT_FOUND', 'no such block')) : store.get(cid, options),
    };
    const validator = (n: number): ValidatorNode =>
      network.validator(n, { score: scoreInWorker, ...(n === 3 ? { store: without } : {}) });
    const trainers = [network.trainer(0), network.trainer(1)];
    await network.prepare(taskId, [...trainers, ...[0, 1, 2, 3].map(validator)]);

    // From here on blocks come every two seconds and by nothing else.
    await anvil.testClient.setAutomine(false);
    await anvil.testClient.setIntervalMining({ interval: 2 });
    const pass = async (end: (info: Awaited<ReturnType<typeof readRound>>) => number) => {
      const wanted = BigInt(end(await readRound(covey, taskId, 0)));
      const { timestamp } = await anvil.publicClient.getBlock();
      if (wanted > timestamp) await anvil.testClient.increaseTime({ seconds: Number(wanted - timestamp) });
      await expect
        .poll(async () => (await anvil.publicClient.getBlock()).timestamp, patience)
        .toBeGreaterThanOrEqual(wanted);
    };

    try {
      start(network.keeper());
      start(network.creator(task));
      for (const trainer of trainers) start(trainer);
      start(validator(0));
      let restarted = start(validator(2));
      start(validator(3));
      await until('joined', 4);
      // Late, but within the window.
      start(validator(1));
      await until('joined', 5);
      await expect
        .poll(() => network.events, patience)
        .toContainEqual(expect.objectContaining({ event: 'error', code: 'SCORER_UNAVAILABLE', taskId }));

      await pass(({ deadlines }) => deadlines.join);
      await until('drawn', 1);
      await until('committed', 2);
      await pass(({ deadlines }) => deadlines.commit);
      await until('revealed', 2);
      await pass(({ deadlines }) => deadlines.reveal);
      await until('drawn', 2);
      await until('attested', 3);
      await restarted.stop();
      restarted = start(validator(2));
      await pass(({ deadlines }) => deadlines.attest);
      await until('attestation-revealed', 3);
      await pass(({ deadlines }) => deadlines.attestReveal);
      await expect.poll(async () => (await readRound(covey, taskId, 0)).key, patience).toBe(validation.shards[0]!.key);
      await pass(({ deadlines }) => deadlines.key);
      await until('result-committed', 3);
      await restarted.stop();
      restarted = start(validator(2));
      await pass(({ deadlines }) => deadlines.resultCommit);
      await until('result-revealed', 3);
      await pass(({ deadlines }) => deadlines.resultReveal);
      await until('accepted', 1);
      await pass(({ challengeEnd }) => challengeEnd);
      await until('claims-opened', 1);
      await until('claimed', 5);
      await until('task-completed', 1);
    } finally {
      await Promise.all(running.map((daemon) => daemon.stop()));
    }

    const info = await readRound(covey, taskId, 0);
    expect(info).toMatchObject({
      phase: 'claimable',
      attestations: { revealedSeats: 240 },
      results: { revealedSeats: 240 },
    });
    expect(count('no-seat')).toBe(0);
    expect(count('case-opened')).toBe(0);
    const left = network.validator(3).address;
    expect(await readValidator(covey, info, left)).toMatchObject({ joined: false });
    expect((await readStake(covey, left)).own).toBeGreaterThan(0n);
    expect(deployment.chainId).toBe(31337);
  },
);
