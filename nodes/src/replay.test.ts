import { replayPolicy, type PolicyReplay, type PolicySetting, type ReplayPolicyParameters } from '@covey/governance';
import { ONE, settleRound, type PolicyValues } from '@covey/protocol';
import { parseEther } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  delegateStake,
  readAcceptedDocument,
  readRoundInputs,
  readSettlementInputs,
  readTask,
  readTaskDocument,
  settleFromChain,
} from '@covey/client';
import { garbage, liar } from './experiments/index.ts';
import { playRound } from './testing/play-round.ts';
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
  task = await network.task();
  trainers = [
    network.trainer(0, { stake: parseEther('1200') }),
    network.trainer(1, { stake: parseEther('3000') }),
    network.trainer(2, { produce: garbage }),
  ];
  validators = [0, 1, 2].map((n) => network.validator(n, { stake: parseEther(`${6_000 + 1_000 * n}`) }));
  validators.push(network.validator(3, liar(scoreHere(network.core))));
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

/** The round scored and settled once more from the start, as if it had been opened with these numbers. */
async function settleWith(changes: Partial<PolicyValues>) {
  const { covey, store, core } = network;
  const { taskId } = task;
  const document = await readTaskDocument(store, await readTask(covey, taskId));
  const inputs = await readRoundInputs(covey, taskId, 0, document);
  const policy = { ...inputs.policy, ...changes };
  const fetch = (cid: string) => store.get(cid);
  const scored = await scoreHere(core)({ task: document, inputs: { ...inputs, policy }, fetch });
  const { validators: entries, info, pool } = await readSettlementInputs(covey, store, taskId, 0);
  return settleRound({
    document: scored.document,
    validators: entries
      .filter(({ resultHash }) => resultHash === info.acceptedHash)
      .map(({ address, stake }) => ({ validator: address, stake })),
    pool,
    policy,
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
    expect(round!.carried.recomputed).toBe(settled.carried);
  });

  it.each([
    ['rankRatio', ONE / 2n],
    ['gamma', ONE / 3n],
    ['delegationWeight', 0n],
    ['trainerStakeQuarterPower', 1n],
    ['validatorStakeQuarterPower', 2n],
    ['unlockRatio', ONE],
  ] as const)('under another %s pays what scoring and settling from the start would', async (param, value) => {
    const found = await replay([{ param, value }]);
    const expected = await settleWith({ [param]: value });
    const [round] = found.rounds;
    expect(found.exact).toBe(true);
    const proposed = (role: string) => round!.nodes.filter((node) => node.role === role);
    const earning = proposed('trainer').filter((node) => node.proposed.total > 0n);
    expect(earning.map(({ index, node, proposed: payout }) => ({ index, node, payout }))).toEqual(expected.trainers);
    const agreeing = proposed('validator').filter((node) => node.proposed.total > 0n);
    expect(agreeing.map(({ node, proposed: payout }) => ({ validator: node, payout }))).toEqual(expected.validators);
    expect(round!.carried.proposed).toBe(expected.carried);
    // Somebody's part is another: in all, or of what is paid at once.
    expect(round!.nodes.some(({ difference }) => Object.values(difference).some((part) => part !== 0n))).toBe(true);
    expect(found.nodes.reduce((sum, { difference }) => sum + difference.total, 0n)).toBe(
      round!.carried.recomputed - round!.carried.proposed,
    );
  });

  it('says who would have been refused, and whether the round would have been accepted', async () => {
    const least = await replay([{ param: 'minTrainerStake', value: parseEther('2000') }]);
    const refused = least.rounds[0]!.nodes.filter((node) => node.refused);
    expect(refused).toMatchObject([
      { node: trainers[0]!.address, refused: 'minTrainerStake', proposed: { total: 0n } },
    ]);
    expect(least.rounds[0]!.notes).toEqual(['scores-with-all']);
    // The liar holds seats: with all of them needed on one result, nothing is accepted.
    const all = await replay([{ param: 'acceptanceThreshold', value: ONE }]);
    expect(all.rounds[0]).toMatchObject({ outcome: 'disputed', notes: ['not-accepted'], exact: true });
    expect(all.rounds[0]!.nodes.every(({ proposed }) => proposed.total === 0n)).toBe(true);
  });

  it('replays slash cases and the emission beside, and names what cannot be replayed', async () => {
    await validators[0]!.openCases(task.taskId, 0);
    const keeper = network.keeper();
    await network.anvil.advance(4 * 86_400);
    await keeper.executeCases();
    const progress: string[] = [];
    const found = await replay(
      [
        { param: 'slashResultMismatch', value: ONE / 10n },
        { param: 'emissionDaily', value: parseEther('1000') },
        { param: 'challengeWindow', value: 120n },
        { param: 'marketFee', value: 0n },
      ],
      { days: 5, onProgress: ({ step }) => progress.push(step) },
    );
    expect(found.rounds).toEqual([]); // no proposed number has to do with them
    expect(found.cases).toMatchObject([
      { target: validators[3]!.address, reason: 'resultMismatch', state: 'executed', exact: true },
    ]);
    const { amount, toReporter } = found.cases![0]!;
    expect(amount.recomputed).toBe(3n * amount.proposed);
    expect(toReporter.recomputed).toBe(amount.recomputed / 10n);
    expect(found.emission).toMatchObject({ exact: true });
    expect(found.emission!.days).toHaveLength(5);
    expect(found.emission!.days[0]).toEqual({ current: parseEther('1500000'), proposed: parseEther('1000') });
    expect(found.emission!.tasks).toMatchObject([{ taskId: task.taskId }]);
    expect(found.purchases).toEqual([]);
    expect(found.notReplayed).toMatchObject([{ param: 'challengeWindow', reason: 'timing' }]);
    expect(found.exact).toBe(true);
    expect(progress).toEqual(['cases', 'purchases', 'emission', 'done']);
  });

  it('looks at as many rounds as it is told, stops when told, and names rounds whose document is lost', async () => {
    const changes: PolicySetting[] = [{ param: 'gamma', value: 0n }];
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
