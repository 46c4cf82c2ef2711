import { slashCourtAbi, stakeManagerAbi } from '@covey/contracts/abi';
import { parseEther } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  claimAll,
  claimRewards,
  delegateStake,
  openCases,
  publishKey,
  readEmission,
  readPosition,
  readRound,
  readTask,
  readValidators,
  setCommission,
  settleFromChain,
  slashableFacts,
  verifyRound,
} from '@covey/client';
import { cast, startTestNetwork, type TestNetwork, type TestTask } from './testing/test-network.ts';
import type { TrainerNode } from './trainer/trainer-node.ts';
import type { ValidatorNode } from './validator/validator-node.ts';

let network: TestNetwork;

beforeAll(async () => {
  network = await startTestNetwork();
});

afterAll(async () => {
  await network?.stop();
});

const day = 86_400;
const nobody = () => undefined;

/** Plays a round to its end; who is named as silent stops at that step. */
async function play(
  { taskId, validation }: TestTask,
  p: {
    trainers: TrainerNode[];
    validators: ValidatorNode[];
    unrevealed?: TrainerNode[];
    unattested?: ValidatorNode[];
    uncommitted?: ValidatorNode[];
  },
): Promise<void> {
  const at = [taskId, 0] as const;
  const keeper = network.keeper();
  const without = <T>(all: T[], silent: T[] = []) => all.filter((node) => !silent.includes(node));
  expect(await keeper.openRound(taskId)).toBe(0);
  for (const node of [...p.validators, ...p.trainers]) await node.step(...at);
  await network.passWindow(...at, 'commit');
  await keeper.step(...at);
  for (const node of without(p.trainers, p.unrevealed)) await node.step(...at);
  await network.passWindow(...at, 'reveal');
  await keeper.step(...at);
  await publishKey(network.account(cast.creator), ...at, validation.shards[0]!.key);
  await network.passWindow(...at, 'key');
  const attesting = without(p.validators, p.unattested);
  for (const node of attesting) await node.step(...at);
  for (const window of ['availability', 'resultCommit'] as const) {
    await network.passWindow(...at, window);
    for (const node of without(attesting, p.uncommitted)) await node.step(...at);
  }
  await network.passWindow(...at, 'resultReveal');
  await keeper.step(...at);
  const { phase, challengeEnd } = await readRound(network.covey, ...at);
  if (phase === 'challenge') {
    await network.anvil.testClient.setNextBlockTimestamp({ timestamp: BigInt(challengeEnd) });
    await network.anvil.testClient.mine({ blocks: 1 });
    await keeper.step(...at);
    await keeper.step(...at);
  }
}

describe('a round with delegated stake, and two who fail it', () => {
  let task: TestTask;
  let trainers: TrainerNode[];
  let validators: ValidatorNode[];
  const delegator = () => network.account(cast.outsider);

  beforeAll(async () => {
    task = await network.task({ rounds: 2, ranking: 'loss' });
    trainers = [0, 1, 2].map((n) => network.trainer(n));
    validators = [0, 1, 2, 3].map((n) => network.validator(n));
    for (const node of [...trainers, ...validators]) await node.prepare(task.taskId);
    await setCommission(trainers[0]!.covey, parseEther('0.1'));
    for (const node of [trainers[0]!, validators[3]!]) {
      await delegateStake(delegator(), node.address, parseEther('4000'), nobody);
    }
    await network.prepare(task.taskId, []);
    await play(task, { trainers, validators, unrevealed: [trainers[2]!], unattested: [validators[3]!] });
  });

  it('draws seats by stake and delegated stake', async () => {
    const { covey } = network;
    const info = await readRound(covey, task.taskId, 0);
    expect(info).toMatchObject({ phase: 'claimable', drawn: true, seats: 60, candidateStake: parseEther('22000') });
    const entries = await readValidators(covey, info);
    expect(entries.reduce((sum, { seats }) => sum + seats, 0)).toBe(60);
    // 5000 of 22000 effective stake are 13.6 seats, 7000 are 19.1. Whoever has steps of the line whole has their seats, and
    // by chance those of the steps at its two ends: from one below its share, rounded down, to two above.
    for (const [n, share] of [13, 13, 13, 19].entries()) {
      expect(entries[n]!.seats).toBeGreaterThanOrEqual(share - 1);
      expect(entries[n]!.seats).toBeLessThanOrEqual(share + 2);
    }
    expect(entries.map(({ stage }) => stage)).toEqual([...Array<string>(3).fill('resultRevealed'), 'joined']);
  });

  it('pays everybody what settlement says, delegators by their stream', async () => {
    const { covey, store } = network;
    const at = { taskId: task.taskId, round: 0 };
    const expected = await settleFromChain(covey, store, at.taskId, 0);
    const rounds = [at];
    const paid: bigint[] = [];
    const owed = [
      ...expected.trainers.map(({ node, payout }) => ({ node, payout })),
      ...expected.validators.map(({ validator: node, payout }) => ({ node, payout })),
    ];
    expect(owed).toHaveLength(5);
    for (const { node, payout } of owed) {
      const claimed = await claimAll(delegator(), store, node, rounds);
      const [only] = [...claimed.trainer, ...claimed.validator];
      expect(only).toEqual({ ...at, payout });
      expect(claimed.sent).toHaveLength(1);
      paid.push(payout.total);
    }
    expect(paid.reduce((a, b) => a + b)).toBe(expected.paid);
    const own = expected.trainers.find(({ node }) => node === trainers[0]!.address)!.payout;
    expect(own.delegators).toBeGreaterThan(0n);

    await network.anvil.advance(7 * day);
    const before = await readPosition(covey, trainers[0]!.address, delegator().sender.address);
    expect(own.delegators - before.claimable).toBeLessThan(10_000n);
    await claimRewards(delegator(), trainers[0]!.address, delegator().sender.address);
    expect(await readPosition(covey, trainers[0]!.address, delegator().sender.address)).toMatchObject({
      claimable: 0n,
      active: parseEther('4000'),
    });
    // What has vested since comes with the next batch, and nothing twice.
    const again = await claimAll(delegator(), store, trainers[0]!.address, rounds);
    expect(again).toMatchObject({ trainer: [], validator: [] });
    expect(again.released).toHaveLength(1);
  });

  it('opens a case for each, and collects the slash from the delegator too', async () => {
    const { covey } = network;
    const [honest, silent] = [validators[0]!, validators[3]!];
    expect(await slashableFacts(covey, task.taskId, 0)).toEqual([
      { target: silent.address, reason: 'validatorSilent' },
      { target: trainers[2]!.address, reason: 'submissionNotRevealed' },
    ]);
    expect(await honest.openCases(task.taskId, 0)).toEqual({ opened: 2, left: 0 });
    const keeper = network.keeper();
    expect(await keeper.executeCases()).toBe(2);
    await network.anvil.advance(3 * day);
    expect(await keeper.executeCases()).toBe(0);
    const found = await covey.publicClient.readContract({
      address: covey.deployment.slashCourt,
      abi: slashCourtAbi,
      functionName: 'slashCase',
      args: [1n],
    });
    // A hundredth of 5000 own and 4000 delegated.
    expect(found).toMatchObject({ target: silent.address, taken: parseEther('90') });
    expect(await keeper.collectSlashes()).toBe(0);
    expect(network.events.findLast(({ event }) => event === 'slash-collected')).toMatchObject({
      node: silent.address,
      owner: delegator().sender.address,
      amount: parseEther('40'),
    });
    expect(await readPosition(covey, silent.address, delegator().sender.address)).toMatchObject({
      active: parseEther('3960'),
      slashesCollected: 1,
    });
    const events = network.events.length;
    expect(await keeper.collectSlashes()).toBe(0);
    expect(network.events).toHaveLength(events);
    const uncollected = await covey.publicClient.readContract({
      address: covey.deployment.stakeManager,
      abi: stakeManagerAbi,
      functionName: 'uncollected',
    });
    expect(uncollected).toBe(0n);
  });

  it('shares in the emission: synced, minted, synced again', async () => {
    const { covey } = network;
    const keeper = network.keeper();
    const synced = () => network.events.filter(({ event }) => event === 'emission-synced');
    await keeper.stepEmission([task.taskId]);
    expect(synced()).toHaveLength(1);
    const minted = network.events.findLast(({ event }) => event === 'emission-minted') as { amount: bigint };
    expect(minted.amount).toBe(parseEther('1500000'));
    const before = (await readTask(covey, task.taskId)).budget;
    await keeper.stepEmission([task.taskId]);
    expect(synced()).toHaveLength(2);
    const after = (await readTask(covey, task.taskId)).budget;
    // The only task with a weight gets all but what rounding leaves.
    expect(minted.amount - (after - before)).toBeLessThan(1_000n);
    expect(await readEmission(covey)).toMatchObject({ minted: minted.amount, mints: 1n });
    // Nothing has changed: nothing is sent.
    const events = network.events.length;
    await keeper.stepEmission([task.taskId]);
    expect(network.events).toHaveLength(events);
  });
});

describe('a shard that is not what was promised', () => {
  it('voids the round, and its creator’s stake pays those who submitted', async () => {
    const { covey } = network;
    const task = await network.task({ rounds: 1 }, (validation) => {
      validation.shards[0]!.plaintextSha256 = `0x${'ab'.repeat(32)}`;
    });
    const [trainers, validators] = [[0, 1].map((n) => network.trainer(n)), [0, 1].map((n) => network.validator(n))];
    await network.prepare(task.taskId, [...trainers, ...validators]);
    await play(task, { trainers, validators });
    const info = await readRound(covey, task.taskId, 0);
    expect(info).toMatchObject({ phase: 'void', voidReason: 'shardInvalid' });
    const paid = network.events.filter((event) => event.event === 'forfeit-paid' && event.taskId === task.taskId);
    expect(paid).toMatchObject(trainers.map(({ address: node }) => ({ node, amount: parseEther('5000') })));
    // That nothing could be scored is a result too, which anyone can recompute.
    const found = await verifyRound({ ...network, taskId: task.taskId, round: 0 });
    expect(found).toMatchObject({ match: true, computed: { shard: { samples: null } } });
    for (const node of [...trainers, ...validators]) expect(await node.step(task.taskId, 0)).toBe(true);
  });
});

describe('validators that keep back their results', () => {
  it('void the round, and have cases of their own', async () => {
    const { covey } = network;
    const task = await network.task({ rounds: 1 });
    const trainers = [network.trainer(0)];
    const validators = [0, 1].map((n) => network.validator(n));
    await network.prepare(task.taskId, [...trainers, ...validators]);
    const [mute, silent] = validators as [ValidatorNode, ValidatorNode];
    await play(task, { trainers, validators, unattested: [silent], uncommitted: [mute] });
    expect(await readRound(covey, task.taskId, 0)).toMatchObject({
      phase: 'void',
      voidReason: 'noResults',
    });
    const report = (account: number) =>
      openCases(network.account(account), task.taskId, 0, (event) => network.events.push(event));
    // Nobody opens a case against itself.
    expect(await report(cast.firstValidator)).toEqual({ opened: 1, left: 0 });
    expect(await report(cast.outsider)).toEqual({ opened: 1, left: 0 });
    expect(network.events.filter((e) => e.event === 'case-opened').slice(-2)).toMatchObject([
      { target: silent.address, reason: 'validatorSilent' },
      { target: mute.address, reason: 'resultNotRevealed' },
    ]);
  });
});
