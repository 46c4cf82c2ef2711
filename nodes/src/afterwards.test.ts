import { slashCourtAbi, stakeManagerAbi } from '@covey/contracts/abi';
import { parseEther } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  claimAll,
  claimRewards,
  delegateStake,
  heldNodes,
  openCases,
  readAllocation,
  readCandidates,
  readEarning,
  readPosition,
  readRound,
  readValidators,
  setCommission,
  settleFromChain,
  slashableFacts,
  verifyRound,
} from '@covey/client';
import { playUntil, type Players } from './testing/play-round.ts';
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

/** Plays a round until its claims are open or it is void; who is named as silent stops at that step. */
async function play(players: Players): Promise<void> {
  const at = [players.task.taskId, 0] as const;
  const keeper = network.keeper();
  await playUntil(network, players, 0, 'acceptance');
  await keeper.step(...at);
  const { phase } = await readRound(network.covey, ...at);
  if (phase !== 'challenge') return;
  await network.passChallenge(...at);
  await keeper.step(...at);
  await keeper.step(...at);
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
    const silent = { reveal: [trainers[2]!], attest: [validators[3]!] };
    await play({ task, trainers, validators, silent });
  });

  it('draws seats by stake and delegated stake', async () => {
    const { covey } = network;
    const info = await readRound(covey, task.taskId, 0);
    expect(info).toMatchObject({ phase: 'claimable', validatorSeats: 240, validatorStake: parseEther('22000') });
    const entries = await readValidators(covey, info);
    expect(entries.reduce((sum, { seats }) => sum + seats, 0)).toBe(240);
    // 5000 of 22000 effective stake are 54.5 seats, 7000 are 76.4. Whoever has steps of the line whole has their seats, and
    // by chance those of the steps at its two ends: from one below its share, rounded down, to two above.
    for (const [n, share] of [54, 54, 54, 76].entries()) {
      expect(entries[n]!.seats).toBeGreaterThanOrEqual(share - 1);
      expect(entries[n]!.seats).toBeLessThanOrEqual(share + 2);
    }
    expect(entries.map(({ result }) => result)).toEqual([...Array<string>(3).fill('revealed'), 'none']);
    // 3000 of 5000 effective stake for the first, with 4000 delegated at half weight.
    const trained = await readCandidates(covey, info, 'trainer');
    expect(trained.reduce((sum, { seats }) => sum + seats, 0)).toBe(64);
    expect([37, 38, 39, 40]).toContain(trained[0]!.seats);
  });

  it('opens a case for each, and collects the slash from the delegator too', async () => {
    const { covey } = network;
    const [honest, silent] = [validators[0]!, validators[3]!];
    const facts = await slashableFacts(covey, task.taskId, 0);
    expect(facts.toSorted((a, b) => (a.reason < b.reason ? -1 : 1))).toMatchObject([
      { target: trainers[2]!.address, reason: 'submissionNotRevealed' },
      { target: silent.address, reason: 'validatorSilent' },
    ]);
    expect(await honest.openCases(task.taskId, 0)).toEqual({ opened: 2, left: 0 });
    const keeper = network.keeper();
    expect(await keeper.executeCases()).toBe(2);
    await network.anvil.advance(3 * day);
    expect(await keeper.executeCases()).toBe(0);
    const cases = await Promise.all(
      [1n, 2n].map((id) =>
        covey.publicClient.readContract({
          address: covey.deployment.slashCourt,
          abi: slashCourtAbi,
          functionName: 'slashCase',
          args: [id],
        }),
      ),
    );
    const found = cases.find(({ target }) => target === silent.address);
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

  it('earned of the emission what its stake and time were worth, once', async () => {
    const { covey } = network;
    // The round's task has no multiplier: it earns nothing, which is minted as such.
    const earned = () => network.events.filter((event) => event.event === 'emission-earned');
    expect(earned()).toMatchObject([{ taskId: task.taskId, round: 0, amount: 0n }]);
    expect(await readEarning(covey, { taskId: task.taskId, round: 0 })).toEqual({ earned: true, earning: 0n });
    await network.keeper().step(task.taskId, 0);
    expect(earned()).toHaveLength(1);
  });

  it('holds the stake of those who joined until its case window has passed, then lets a keeper free it', async () => {
    const { covey } = network;
    const nodes = [...trainers, ...validators];
    const held = async () => await heldNodes(covey, await readRound(covey, task.taskId, 0));
    const bound = async () =>
      await Promise.all(nodes.map(async ({ address }) => (await readAllocation(covey, address, task.taskId)).readers));
    // Cases have been executed: the appeal window was as long as the case window.
    expect(await held()).toHaveLength(7);
    expect(await bound()).toEqual(nodes.map(() => 1));
    const keeper = network.keeper({ expire: false });
    await keeper.run({ once: true, tasks: [task.taskId] });
    expect(await held()).toEqual([]);
    expect(await bound()).toEqual(nodes.map(() => 0));
  });
});

describe('a shard that is not what was promised', () => {
  it('voids the round, and its creator’s stake pays those who submitted', async () => {
    const { covey } = network;
    const task = await network.task({ rounds: 1 }, (validation) => {
      validation.shards[0]!.plaintextSha256 = `0x${'ab'.repeat(32)}`;
    });
    const trainers = [4, 5].map((n) => network.trainer(n));
    const validators = [4, 5].map((n) => network.validator(n));
    await network.prepare(task.taskId, [...trainers, ...validators]);
    await play({ task, trainers, validators });
    await network.keeper().step(task.taskId, 0);
    const info = await readRound(covey, task.taskId, 0);
    expect(info).toMatchObject({ phase: 'void', voidReason: 'shardInvalid' });
    const paid = network.events.filter((event) => event.event === 'forfeit-paid' && event.taskId === task.taskId);
    expect(paid).toMatchObject(trainers.map(({ address: node }) => ({ node, amount: parseEther('1000') })));
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
    const trainers = [network.trainer(6)];
    const validators = [6, 7].map((n) => network.validator(n));
    await network.prepare(task.taskId, [...trainers, ...validators]);
    const [mute, silent] = validators as [ValidatorNode, ValidatorNode];
    await play({ task, trainers, validators, silent: { resultCommit: [mute, silent] } });
    expect(await readRound(covey, task.taskId, 0)).toMatchObject({
      phase: 'void',
      voidReason: 'noResults',
    });
    const report = (account: number) =>
      openCases(network.account(account), task.taskId, 0, (event) => network.events.push(event));
    // Nobody opens a case against itself.
    expect(await report(cast.firstValidator + 6)).toEqual({ opened: 1, left: 0 });
    expect(await report(cast.outsider)).toEqual({ opened: 1, left: 0 });
    expect(network.events.filter((e) => e.event === 'case-opened').slice(-2)).toMatchObject([
      { target: silent.address, reason: 'resultNotRevealed' },
      { target: mute.address, reason: 'resultNotRevealed' },
    ]);
  });
});
