import { taskManagerAbi } from '@covey/contracts/abi';
import { replayPolicy, type PolicyReplay, type PolicySetting, type ReplayPolicyParameters } from '@covey/governance';
import { ONE, effectiveStake, seatsOf, settleRound, type DrawnRole, type PolicyValues } from '@covey/protocol';
import { parseEther } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BuyerKeys,
  buyListing,
  delegateStake,
  deliverKeys,
  listOwnModel,
  orderModel,
  readAcceptedDocument,
  readCandidates,
  readListing,
  readOrder,
  readRound,
  readRoundInputs,
  readSettlementInputs,
  readStakeInRound,
  readTask,
  readTaskDocument,
  settleFromChain,
  settleOrders,
} from '@covey/client';
import { garbage, liar } from './experiments/index.ts';
import { playRound } from './testing/play-round.ts';
import { listSealed, sealModel } from './testing/sealed-model.ts';
import { cast, startTestNetwork, type TestNetwork, type TestTask } from './testing/test-network.ts';
import type { TrainerNode } from './trainer/trainer-node.ts';
import type { ValidatorNode } from './validator/validator-node.ts';
import { scoreHere } from './validator/scoring.ts';

let network: TestNetwork;
let task: TestTask;
let trainers: TrainerNode[];
let validators: ValidatorNode[];

// Two trainers of unlike stake, one that submits garbage; three validators that agree, with delegators, and one that lies.
beforeAll(async () => {
  network = await startTestNetwork();
  // Ranked by loss, which no other's seats change: scores under another draw are those of a round with it.
  task = await network.task({ ranking: 'loss' });
  // A thousandth, so that the day's amount bounds what the round earns, and not the stake behind it.
  const { sender } = await network.dao();
  await sender.send({
    address: network.deployment.taskManager,
    abi: taskManagerAbi,
    functionName: 'setMultiplier',
    args: [task.taskId, ONE / 1_000n],
  });
  trainers = [
    network.trainer(0, { stake: parseEther('1200') }),
    network.trainer(1, { stake: parseEther('3000') }),
    network.trainer(2, { produce: garbage }),
  ];
  validators = [0, 1, 2].map((n) => network.validator(n, { stake: parseEther(`${6_000 + 1_000 * n}`) }));
  validators.push(network.validator(3, { stake: parseEther('9000'), ...liar(scoreHere(network.core)) }));
  await network.prepare(task.taskId, [...validators, ...trainers]);
  const nobody = () => undefined;
  const outsider = network.account(cast.outsider);
  await delegateStake(outsider, trainers[0]!.address, parseEther('5000'), nobody);
  await delegateStake(outsider, validators[1]!.address, parseEther('3000'), nobody);
  await network.anvil.advance(1);
  await playRound(network, { task, trainers, validators }, 0);
  await trainers[0]!.claim(task.taskId, 0);
  await validators[1]!.claim(task.taskId, 0);
});

afterAll(async () => {
  await network?.stop();
});

function replay(changes: PolicySetting[], more: Partial<ReplayPolicyParameters> = {}): Promise<PolicyReplay> {
  const { covey, store } = network;
  return replayPolicy({ covey, reader: store, changes, ...more });
}

/** Everybody's stake, and the seats that the round's seed gives under a policy. */
async function drawWith(policy: PolicyValues, role: DrawnRole) {
  const { covey } = network;
  const info = await readRound(covey, task.taskId, 0);
  const line = await Promise.all(
    (await readCandidates(covey, info, role)).map(async ({ node, ratio }) => {
      const { own, delegated, commission } = await readStakeInRound(covey, info, { node, ratio });
      const stake = effectiveStake(own, delegated, policy.delegationWeight);
      return { node, stake, ownStake: own, delegatedStake: delegated, commission };
    }),
  );
  const candidateStake = line.reduce((sum, { stake }) => sum + stake, 0n);
  const draw = { seed: info[`${role}Seed`]!, role, candidateStake, seats: Number(policy[`${role}Seats`]) };
  let end = 0n;
  return new Map(line.map((one) => [one.node, { ...one, seats: seatsOf({ end: (end += one.stake), ...one }, draw) }]));
}

/** The round drawn, scored and settled once more from the start, as if it had been opened with these numbers. */
async function settleWith(changes: Partial<PolicyValues>) {
  const { covey, store, core } = network;
  const { taskId } = task;
  const document = await readTaskDocument(store, await readTask(covey, taskId));
  const { info, validators: entries, policy: past } = await readSettlementInputs(covey, store, taskId, 0);
  const policy = { ...past, ...changes };
  const training = await drawWith(policy, 'trainer');
  const validating = await drawWith(policy, 'validator');
  const inputs = await readRoundInputs(covey, taskId, 0, document);
  const submissions = inputs.submissions.map((one) => ({ ...one, seats: training.get(one.node)!.seats }));
  const fetch = (cid: string) => store.get(cid);
  const scored = await scoreHere(core)({ task: document, inputs: { ...inputs, policy, submissions }, fetch });
  const agreeing = entries.filter(({ resultHash }) => resultHash === info.acceptedHash);
  const behind = agreeing.map(({ address }) => ({ ...validating.get(address)!, id: address }));
  return settleRound({
    funds: info.pool,
    stakeBehind: behind.reduce((sum, { stake }) => sum + stake, 0n),
    policy,
    basis: { ranking: document.ranking, ...scored.summary },
    trainers: scored.claims.map(({ leaf: { node, weight } }) => ({ ...training.get(node)!, id: node, weight })),
    validators: behind,
  });
}

describe('a real round, settled again', () => {
  it('without changes gives what was claimed and what can be claimed, to the wei', async () => {
    const { covey, store } = network;
    const found = await replay([]);
    expect(found).toMatchObject({
      exact: true,
      unread: [],
      looked: { rounds: { at: 1, of: 1 } },
      notReplayed: [],
      rounds: [{ taskId: task.taskId, round: 0, outcome: 'accepted', exact: true, notes: [] }],
    });
    const [round] = found.rounds;
    const of = (address: string) => round!.nodes.find(({ node }) => node === address)!;
    expect(of(trainers[0]!.address)).toMatchObject({ source: 'claimed', exact: true });
    expect(of(trainers[1]!.address)).toMatchObject({ source: 'claimable', exact: true });
    expect(of(validators[1]!.address)).toMatchObject({ source: 'claimed', exact: true });
    expect(of(validators[0]!.address)).toMatchObject({ source: 'claimable', exact: true });
    for (const index of [0, 1]) expect(of(trainers[index]!.address).recomputed.total).toBeGreaterThan(0n);
    expect(of(trainers[0]!.address).recomputed.delegators).toBeGreaterThan(0n);
    expect(of(validators[1]!.address).recomputed.delegators).toBeGreaterThan(0n);
    expect(of(trainers[2]!.address).recomputed.total).toBe(0n);
    expect(of(validators[3]!.address).recomputed.total).toBe(0n);
    const settled = await settleFromChain(covey, store, task.taskId, 0);
    const paid = round!.nodes.reduce((sum, { paid: payout }) => sum + payout.total, 0n);
    expect(paid).toBe(settled.paid);
    expect(round!.fee.recomputed).toBe(settled.fee);
    expect(round!.carried.recomputed).toBe(settled.carried);
    // What the round earned of the emission, as the contract counts it.
    expect(round!.emission.recomputed).toBeGreaterThan(0n);
  });

  it.each([
    ['rankRatio', ONE / 2n],
    ['trainerShare', ONE / 3n],
    ['roundFee', 0n],
    ['securityRatio', ONE / 100n],
    ['unlockRatio', ONE],
    // These draw seats again.
    ['delegationWeight', 0n],
    ['trainerSeats', 97n], // so many that each who trained has some, whatever the seed
    ['validatorSeats', 101n],
  ] as const)('under another %s pays what drawing, scoring and settling from the start would', async (param, value) => {
    const found = await replay([{ param, value }]);
    const expected = await settleWith({ [param]: value });
    const [round] = found.rounds;
    expect(found.exact).toBe(true);
    expect(round!.outcome).toBe('accepted');
    const earning = (role: string) =>
      round!.nodes
        .filter((node) => node.role === role && node.proposed.total > 0n)
        .map(({ node, proposed }) => ({ id: node, ...proposed }));
    expect(earning('trainer')).toEqual(expected.trainers);
    expect(earning('validator')).toEqual(expected.validators);
    expect(round!.fee.proposed).toBe(expected.fee);
    expect(round!.carried.proposed).toBe(expected.carried);
    // Somebody's part is another: in all, or of what is paid at once.
    expect(round!.nodes.some(({ difference }) => Object.values(difference).some((part) => part !== 0n))).toBe(true);
    const { fee, carried } = round!;
    expect(found.nodes.reduce((sum, { difference }) => sum + difference.total, 0n)).toBe(
      fee.recomputed + carried.recomputed - fee.proposed - carried.proposed,
    );
  });

  it('says who would have been refused, and whether the round would have been accepted', async () => {
    const least = await replay([{ param: 'minTrainerStake', value: parseEther('2000') }]);
    const refused = least.rounds[0]!.nodes.filter((node) => node.refused);
    expect(refused).toMatchObject([
      { node: trainers[0]!.address, refused: 'minTrainerStake', proposed: { total: 0n } },
    ]);
    expect(least.rounds[0]!.notes).toEqual(['seats-drawn', 'scores-with-all']);
    // The liar's stake is the largest: beside the last of the honest ones it keeps any result from being accepted.
    const larger = await replay([{ param: 'minValidatorStake', value: parseEther('7500') }]);
    expect(larger.rounds[0]).toMatchObject({
      outcome: 'contested',
      notes: ['seats-drawn', 'not-accepted'],
      exact: true,
    });
    const small = await replay([{ param: 'minRoundPool', value: parseEther('501') }]);
    expect(small.rounds[0]).toMatchObject({ outcome: 'void', notes: ['too-small'], exact: true });
    for (const { nodes } of [larger.rounds[0]!, small.rounds[0]!])
      expect(nodes.every(({ proposed }) => proposed.total === 0n)).toBe(true);
  });

  it('replays slash cases and the emission beside, and names what cannot be replayed', async () => {
    await validators[0]!.openCases(task.taskId, 0);
    const keeper = network.keeper();
    await network.anvil.advance(4 * 86_400);
    await keeper.executeCases();
    // A licence of an open model, and a sealed one: ordered, delivered and settled.
    const [seller, buyer] = [network.account(cast.outsider), network.account(cast.creator)];
    const price = parseEther('10');
    const own = { token: network.deployment.token, price, period: 0 };
    const { listingId } = await listOwnModel(seller, await network.store.add(Uint8Array.of(1, 2, 3)), own);
    await buyListing(buyer, await readListing(buyer, listingId));
    const sealed = await sealModel(network.store, seller);
    const sealedId = await listSealed(seller, sealed, price);
    const { orderId } = await orderModel(buyer, await readListing(buyer, sealedId), new BuyerKeys(buyer));
    await deliverKeys(seller, [{ order: await readOrder(seller, orderId), key: sealed.key }]);
    await settleOrders(buyer, [orderId]);
    const progress: string[] = [];
    const found = await replay(
      [
        { param: 'slashResultMismatch', value: ONE / 10n },
        { param: 'emissionDaily', value: parseEther('1000') },
        { param: 'challengeWindow', value: 7_200n },
        { param: 'marketFee', value: 0n },
      ],
      { days: 5, onProgress: ({ step }) => progress.push(step) },
    );
    expect(found.cases).toMatchObject([
      { target: validators[3]!.address, reason: 'resultMismatch', state: 'executed', exact: true },
    ]);
    const { amount, toReporter } = found.cases![0]!;
    expect(amount.recomputed).toBe(5n * amount.proposed);
    expect(toReporter.recomputed).toBe(amount.recomputed / 10n);
    expect(found.emission).toMatchObject({ exact: true });
    expect(found.emission!.days).toHaveLength(5);
    expect(found.emission!.days[0]).toEqual({ current: parseEther('1500000'), proposed: parseEther('1000') });
    // Of the same span: the round's own emission falls with the day's.
    expect(found.emission!.tasks).toMatchObject([
      { taskId: task.taskId, current: found.rounds[0]!.emission.recomputed },
    ]);
    expect(found.emission!.tasks[0]!.proposed).toBeLessThan(found.emission!.tasks[0]!.current);
    for (const { difference } of found.rounds[0]!.nodes) expect(difference.total).toBe(0n);
    const fee = { recomputed: price / 40n, proposed: 0n };
    expect(found.purchases).toMatchObject([
      { listingId: sealedId, orderId, buyer: buyer.sender.address, price, fee, exact: true },
      { listingId, orderId: null, buyer: buyer.sender.address, price, fee, exact: true },
    ]);
    expect(found.looked.purchases).toEqual({ at: 2, of: 2 });
    expect(found.notReplayed).toMatchObject([{ param: 'challengeWindow', reason: 'timing' }]);
    expect(found.exact).toBe(true);
    expect(progress).toEqual(['list', 'rounds', 'cases', 'purchases', 'emission', 'done']);
  });

  it('looks at as many rounds as it is told, stops when told, and names rounds whose document is lost', async () => {
    const changes: PolicySetting[] = [{ param: 'rankRatio', value: 0n }];
    expect((await replay(changes, { rounds: 0 })).looked.rounds).toEqual({ at: 0, of: 1 });
    const stop = new AbortController();
    const stopped = replay(changes, { signal: stop.signal, onProgress: () => stop.abort(new Error('enough')) });
    await expect(stopped).rejects.toThrow('enough');

    const { covey, store } = network;
    const { cid } = await readAcceptedDocument(covey, store, task.taskId, 0);
    const bytes = await store.getBlock(cid);
    await store.remove(cid);
    expect(await replay(changes)).toMatchObject({
      exact: false,
      rounds: [],
      unread: [{ taskId: task.taskId, round: 0, code: 'CONTENT_NOT_FOUND' }],
    });
    await store.putBlock(0x0129, bytes);
  });
});
