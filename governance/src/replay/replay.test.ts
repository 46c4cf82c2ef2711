import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { getAddress, numberToHex, parseEther } from 'viem';
import { describe, expect, test } from 'vitest';
import { settle } from '@covey/protocol';
import { params } from '@covey/contracts/abi/enums';
import { defaultPolicy } from '../catalogue/policy-values.ts';
import { replayPlan } from './numbers.ts';
import { noPayout } from './payouts.ts';
import { replayCase } from './replay-case.ts';
import { emissionAmount, replayEmission } from './replay-emission.ts';
import { replayPurchase } from './replay-purchase.ts';
import { replayRound } from './replay-round.ts';
import { sumNodes, sumRoles } from './sums.ts';
import type { PaidOnChain, ReplayCase, ReplayRound, ReplaySubmission, ReplayValidator } from '@covey/client';

const ONE = 10n ** 18n;
const address = (n: number) => getAddress(numberToHex(n + 1, { size: 20 }));

interface Amounts {
  total: string;
  node: string;
  delegators: string;
  unlocked: string;
  vesting: string;
}
interface Member {
  id: string;
  ownStake: string;
  delegatedStake: string;
  commission: string;
}
interface Vector {
  note?: string;
  pool: string;
  policy: Record<string, string | number>;
  trainers: (Member & { loss: string | null })[];
  validators: (Member & { agreed: boolean })[];
  expected: { trainers: (Amounts & { id: string })[]; validators: (Amounts & { id: string })[]; carried: string };
}
const vectorFile = new URL('../../../protocol/vectors/settlement.json', import.meta.url);
const { cases: vectors } = JSON.parse(readFileSync(vectorFile, 'utf8')) as { cases: Vector[] };

const free = { ...defaultPolicy, minTrainerStake: 0n, minValidatorStake: 0n, maxTrainers: 1_024n };
const stakeOf = (own: bigint, delegated = 0n, commission = 0n) => ({ own, delegated, commission });

const submission = (index: number, changes: Partial<ReplaySubmission> = {}): ReplaySubmission => ({
  index,
  node: address(index),
  verdict: 'valid',
  loss: BigInt(100 + index),
  contribution: null,
  stake: stakeOf(parseEther('2000')),
  ...changes,
});
const validator = (n: number, changes: Partial<ReplayValidator> = {}): ReplayValidator => ({
  validator: address(1_000 + n),
  seats: 20,
  available: new Set(Array.from({ length: 64 }, (_, i) => i)),
  revealed: true,
  agreed: true,
  stake: stakeOf(parseEther('6000')),
  ...changes,
});
function roundOf(changes: Partial<ReplayRound> = {}): ReplayRound {
  const validators = changes.validators ?? [validator(0), validator(1), validator(2)];
  return {
    taskId: 1n,
    round: 0,
    mode: 'federated',
    ranking: 'loss',
    policyVersion: 1,
    policy: free,
    minTrainerStake: 0n,
    minValidatorStake: 0n,
    pool: parseEther('300'),
    seats: validators.reduce((sum, { seats }) => sum + seats, 0),
    baselineLoss: 1_000n,
    submissions: [submission(0), submission(1), submission(2)],
    paid: [],
    ruled: false,
    ...changes,
    validators,
  };
}

const member = ({ id, ownStake, delegatedStake, commission }: Member) => ({
  id,
  ownStake: BigInt(ownStake),
  delegatedStake: BigInt(delegatedStake),
  commission: BigInt(commission),
});

/** What the golden vector says, as a round with its payments. */
function fromVector(vector: Vector): ReplayRound {
  const payout = ({ total, node, delegators, unlocked, vesting }: Amounts) => ({
    total: BigInt(total),
    node: BigInt(node),
    delegators: BigInt(delegators),
    unlocked: BigInt(unlocked),
    vesting: BigInt(vesting),
  });
  const numbers = Object.entries(vector.policy).map(([name, value]) => [name, BigInt(value)]);
  const stake = ({ ownStake, delegatedStake, commission }: Member) =>
    stakeOf(BigInt(ownStake), BigInt(delegatedStake), BigInt(commission));
  const paid = (role: PaidOnChain['role'], offset: number, list: readonly Amounts[]): PaidOnChain[] =>
    list.map((entry, i) => ({ role, node: address(offset + i), payout: payout(entry), source: 'claimed' as const }));
  const byId = (list: readonly Member[], expected: readonly (Amounts & { id: string })[]) =>
    list.map(({ id }) => expected.find((entry) => entry.id === id)!);
  const everything = new Set(vector.trainers.map((_, i) => i));
  return roundOf({
    policy: { ...free, ...(Object.fromEntries(numbers) as Partial<typeof free>) },
    pool: BigInt(vector.pool),
    submissions: vector.trainers.map((trainer, i) =>
      submission(i, {
        verdict: trainer.loss === null ? 'not-finite' : 'valid',
        loss: trainer.loss === null ? null : BigInt(trainer.loss),
        stake: stake(trainer),
      }),
    ),
    validators: [
      ...vector.validators.map((entry, i) =>
        validator(i, { agreed: entry.agreed, stake: stake(entry), available: everything }),
      ),
      // Nobody of account, so that the round has attestations where a vector has no validator.
      validator(900, { agreed: false, stake: stakeOf(0n), available: everything }),
    ],
    // Vectors are about the split: whether enough agreed is another question.
    ruled: true,
    paid: [
      ...paid('trainer', 0, byId(vector.trainers, vector.expected.trainers)),
      ...paid('validator', 1_000, byId(vector.validators, vector.expected.validators)),
    ],
  });
}

describe('the golden vectors of the settlement', () => {
  const played = vectors.filter(({ trainers }) => trainers.length > 0);

  test('are what a replay without changes gives, to the wei, and with the same numbers proposed', () => {
    expect(played.length).toBeGreaterThan(10);
    for (const vector of played) {
      const round = fromVector(vector);
      for (const changes of [{}, { gamma: round.policy.gamma, unlockRatio: round.policy.unlockRatio }]) {
        const replay = replayRound(round, changes);
        expect([vector.note, replay.exact]).toEqual([vector.note, true]);
        expect(replay.carried).toEqual({
          recomputed: BigInt(vector.expected.carried),
          proposed: BigInt(vector.expected.carried),
        });
        expect(replay.nodes.every(({ difference }) => difference.total === 0n)).toBe(true);
      }
    }
  });

  test('are seen when the chain had paid a wei more, or somebody else', () => {
    for (const vector of played) {
      const round = fromVector(vector);
      const [first, ...rest] = round.paid;
      const more = { ...first!, payout: { ...first!.payout, total: first!.payout.total + 1n } };
      expect(replayRound({ ...round, paid: [more, ...rest] }, {}).exact).toBe(false);
      const stranger = { ...first!, node: address(77_777), payout: { ...noPayout, total: 1n } };
      expect(replayRound({ ...round, paid: [...round.paid, stranger] }, {}).exact).toBe(false);
    }
  });

  test('with the numbers of another vector proposed, are settled under those', () => {
    for (const [i, vector] of played.entries()) {
      const round = fromVector(vector);
      const proposed = fromVector(played[(i + 1) % played.length]!).policy;
      const expected = settle({
        pool: round.pool,
        policy: proposed,
        trainers: vector.trainers.map(member).map((node, n) => ({ ...node, loss: round.submissions[n]!.loss })),
        validators: vector.validators.map((entry) => ({ ...member(entry), agreed: entry.agreed })),
      });
      const replay = replayRound(round, proposed);
      const without = ({ id: _, ...payout }: (typeof expected.trainers)[number]) => payout;
      const all = [...expected.trainers, ...expected.validators].map(without);
      expect(replay.nodes.slice(0, all.length).map((node) => node.proposed)).toEqual(all);
      expect(replay.carried.proposed).toBe(expected.carried);
    }
  });
});

test('whatever is proposed, what is paid and what is carried make the pool, and the same values change nothing', () => {
  const wei = fc.bigInt(0n, 10n ** 27n);
  const ratio = fc.bigInt(0n, ONE);
  const stake = fc.record({ own: wei, delegated: wei, commission: ratio });
  const quarters = fc.bigInt(0n, 4n);
  const policy = fc.record({
    gamma: fc.bigInt(0n, ONE / 2n),
    rankRatio: ratio,
    delegationWeight: ratio,
    trainerStakeQuarterPower: quarters,
    validatorStakeQuarterPower: quarters,
    unlockRatio: ratio,
    minTrainerStake: fc.oneof(fc.constant(0n), wei),
    minValidatorStake: fc.oneof(fc.constant(0n), wei),
    maxTrainers: fc.bigInt(1n, 6n),
    arenaMargin: fc.bigInt(0n, ONE / 2n),
  });
  const round = fc
    .record({
      mode: fc.constantFrom('arena' as const, 'federated' as const),
      pool: wei,
      trainers: fc.array(fc.record({ loss: fc.option(fc.bigInt(0n, 1_500n)), stake }), { minLength: 1, maxLength: 6 }),
      validators: fc.array(fc.record({ agreed: fc.boolean(), seats: fc.integer({ min: 1, max: 20 }), stake }), {
        minLength: 1,
        maxLength: 5,
      }),
      ruled: fc.boolean(),
    })
    .map(({ mode, pool, trainers, validators, ruled }) =>
      roundOf({
        mode,
        pool,
        ruled,
        submissions: trainers.map((trainer, i) =>
          submission(i, { ...trainer, verdict: trainer.loss === null ? 'not-finite' : 'valid' }),
        ),
        validators: validators.map((entry, i) => validator(i, entry)),
      }),
    );
  fc.assert(
    fc.property(round, policy, (past, changes) => {
      const { nodes, carried, outcome } = replayRound(past, changes);
      for (const which of ['recomputed', 'proposed'] as const) {
        const paid = nodes.reduce((sum, node) => sum + node[which].total, 0n);
        expect(paid + carried[which]).toBe(past.pool);
        for (const node of nodes) {
          expect(node[which].node + node[which].delegators).toBe(node[which].total);
          expect(node[which].unlocked + node[which].vesting).toBe(node[which].node);
        }
      }
      if (outcome !== 'accepted') expect(carried.proposed).toBe(past.pool);
      const same = replayRound(past, past.policy);
      for (const { difference } of same.nodes) expect(difference).toEqual(noPayout);
      const { trainer, validator: validators } = sumRoles(sumNodes([same, replayRound(past, changes)]));
      const total = nodes.reduce((sum, { difference }) => sum + difference.total, 0n);
      expect(trainer.difference.total + validators.difference.total).toBe(total);
    }),
    { numRuns: 300, seed: 4 },
  );
});

describe('who would have been refused, or the round', () => {
  const totals = (round: ReplayRound, changes: Parameters<typeof replayRound>[1]) => {
    const replay = replayRound(round, changes);
    return { ...replay, by: (i: number) => replay.nodes[i]! };
  };

  test('too little stake, and no place left', () => {
    const round = roundOf({ submissions: [submission(0, { stake: stakeOf(parseEther('1500')) }), submission(1)] });
    const least = totals(round, { minTrainerStake: parseEther('1600') });
    expect(least.by(0)).toMatchObject({ refused: 'minTrainerStake', proposed: noPayout });
    expect(least.by(1).difference.total).toBeGreaterThan(0n);
    expect(least.notes).toEqual(['scores-with-all']);
    expect(totals(round, { maxTrainers: 1n }).by(1)).toMatchObject({ refused: 'maxTrainers', proposed: noPayout });
    // Whoever is refused takes no place.
    const both = totals(round, { maxTrainers: 1n, minTrainerStake: parseEther('1600') });
    expect(both.by(1).refused).toBeUndefined();
    // The task's own minimum counts where it is higher.
    const strict = roundOf({ ...round, minTrainerStake: parseEther('1500') });
    expect(totals(strict, { minTrainerStake: 1n }).nodes.every(({ refused }) => !refused)).toBe(true);
  });

  test('a validator below the minimum: the others share, and the draw is said to be another', () => {
    const poor = validator(2, { stake: stakeOf(parseEther('5000')) });
    const round = roundOf({ validators: [validator(0), validator(1), poor] });
    const replay = totals(round, { minValidatorStake: parseEther('5500') });
    expect(replay.by(5)).toMatchObject({ refused: 'minValidatorStake', proposed: noPayout });
    expect(replay.by(3).difference.total).toBeGreaterThan(0n);
    expect(replay).toMatchObject({ outcome: 'accepted', notes: ['seats-drawn'] });
  });

  test('a submission that fewer had than would be needed; one that nobody scored is not made up', () => {
    const lacks = validator(2, { available: new Set([1, 2]) });
    const round = roundOf({ validators: [validator(0), validator(1), lacks] });
    const strict = totals(round, { availabilityThreshold: ONE });
    expect(strict.by(0)).toMatchObject({ refused: 'availabilityThreshold', proposed: noPayout });
    const lost = roundOf({
      ...round,
      policy: { ...free, availabilityThreshold: ONE },
      submissions: [submission(0, { verdict: 'not-counted', loss: null }), submission(1), submission(2)],
    });
    const looser = totals(lost, { availabilityThreshold: ONE / 2n });
    expect(looser.notes).toEqual(['unscored']);
    expect(looser.by(0)).toMatchObject({ recomputed: noPayout, proposed: noPayout });
  });

  test('an arena’s margin admits and refuses, and may change who wins', () => {
    const arena = roundOf({
      mode: 'arena',
      policy: { ...free, arenaMargin: ONE / 10n },
      submissions: [
        submission(0, { loss: 500n }),
        submission(1, { loss: 920n, verdict: 'no-contribution' }),
        submission(2, { loss: 1_000n, verdict: 'no-contribution' }),
      ],
    });
    const looser = totals(arena, { arenaMargin: ONE / 20n });
    expect(looser.by(1)).toMatchObject({ admitted: 'arenaMargin', recomputed: noPayout });
    expect(looser.by(1).proposed.total).toBeGreaterThan(0n);
    expect(looser.by(2).proposed).toEqual(noPayout);
    expect(looser.notes).toEqual([]);
    const stricter = totals(arena, { arenaMargin: (ONE * 6n) / 10n });
    expect(stricter.by(0)).toMatchObject({ refused: 'arenaMargin' });
    expect(stricter.notes).toEqual(['other-base']);
  });

  test('a result with too few on it would wait for a ruling; too few who attest or reveal make a void round', () => {
    const round = roundOf({ validators: [validator(0), validator(1), validator(2, { agreed: false })] });
    expect(totals(round, {}).outcome).toBe('accepted');
    const strict = totals(round, { acceptanceThreshold: (ONE * 7n) / 10n });
    expect(strict).toMatchObject({ outcome: 'disputed', notes: ['not-accepted'] });
    expect(strict.carried.proposed).toBe(round.pool);
    expect(totals({ ...round, ruled: true }, { acceptanceThreshold: ONE }).outcome).toBe('accepted');
    const silent = roundOf({
      validators: [validator(0), validator(1), validator(2, { available: null, revealed: false, agreed: false })],
    });
    expect(totals(silent, { validatorQuorum: (ONE * 7n) / 10n }).outcome).toBe('void');
  });
});

test('slash cases under other ratios, with the reporter’s part of what was collected piece by piece', () => {
  const slashed: ReplayCase = {
    caseId: 1n,
    target: address(1),
    reporter: address(2),
    reason: 'validatorSilent',
    state: 'executed',
    stake: 1_001n,
    ratio: ONE / 100n,
    reporterShare: ONE / 10n,
    amount: 10n,
    taken: 10n,
    // 7/10 and 3/10 floor to nothing, where a tenth of the whole would be 1.
    collections: [
      { amount: 7n, toReporter: 0n },
      { amount: 3n, toReporter: 0n },
    ],
  };
  expect(replayCase(slashed, {})).toMatchObject({ exact: true, toReporter: { recomputed: 0n, proposed: 0n } });
  const doubled = replayCase(slashed, { slashSilence: ONE / 50n, slashNoReveal: ONE / 5n });
  expect(doubled.amount).toEqual({ recomputed: 10n, proposed: 20n });
  expect(doubled.toReporter.proposed).toBe(2n);
  expect(replayCase(slashed, { reporterShare: ONE / 4n }).toReporter.proposed).toBe(1n);
  expect(replayCase({ ...slashed, amount: 11n }, {}).exact).toBe(false);
  expect(replayCase(slashed, { slashSilence: ONE }).amount.proposed).toBe(500n); // the court takes half at most
});

test('a purchase under another fee: the creator’s part stays, the contributors’ gives', () => {
  const purchase = {
    listingId: 1n,
    buyer: address(3),
    block: 9n,
    price: 1_000n,
    fee: 25n,
    toCreator: 300n,
    toContributors: 675n,
    marketFee: ONE / 40n,
  };
  expect(replayPurchase(purchase, { marketFee: ONE / 10n })).toMatchObject({
    fee: { recomputed: 25n, proposed: 100n },
    toContributors: { recomputed: 675n, proposed: 600n },
    exact: true,
  });
  expect(replayPurchase({ ...purchase, fee: 24n }, {}).exact).toBe(false);
});

test('the emission of the next days: decay at the period, the bound of what is left, and two days for a new epoch', () => {
  const state = {
    mints: 29n,
    remaining: parseEther('470000000'),
    nextAmount: parseEther('1500000'),
    stakeQuarterPower: 2n,
    tasks: [
      { taskId: 1n, multiplier: ONE, stakeBehind: 16n },
      { taskId: 2n, multiplier: 2n * ONE, stakeBehind: 4n },
    ],
  };
  const plain = replayEmission(state, defaultPolicy, { emissionDaily: parseEther('1000000') }, 3);
  expect(plain.exact).toBe(true);
  expect(plain.days).toEqual([
    { current: parseEther('1500000'), proposed: parseEther('1000000') },
    { current: parseEther('1350000'), proposed: parseEther('900000') },
    { current: parseEther('1350000'), proposed: parseEther('900000') },
  ]);
  // sqrt(16) · 1 to 2 · sqrt(4): equal parts.
  expect(plain.tasks).toEqual([
    { taskId: 1n, current: parseEther('2100000'), proposed: parseEther('1400000') },
    { taskId: 2n, current: parseEther('2100000'), proposed: parseEther('1400000') },
  ]);
  const linear = replayEmission(state, defaultPolicy, { taskStakeQuarterPower: 4n }, 3);
  expect(linear.days.map(({ proposed }) => proposed)).toEqual([0n, 0n, parseEther('1500000')]);
  expect(linear.tasks.map(({ proposed }) => proposed)).toEqual([parseEther('1000000'), parseEther('500000')]);
  const nearlyOut = emissionAmount(0n, 3_000n, defaultPolicy);
  expect(nearlyOut).toBe(10n); // a tenth of what is left, over thirty mints
  expect(replayEmission({ ...state, nextAmount: 1n }, defaultPolicy, {}, 1).exact).toBe(false);
});

test('every governed number is replayed or named with a reason', () => {
  const { by, notReplayed } = replayPlan(params.map((param) => ({ param, value: defaultPolicy[param] })));
  expect([...by].toSorted()).toEqual(['cases', 'emission', 'purchases', 'rounds']);
  expect([...new Set(notReplayed.map(({ reason }) => reason))].toSorted()).toEqual(['behaviour', 'content', 'timing']);
  for (const { detail } of notReplayed) expect(detail.length).toBeGreaterThan(20);
  // Alone, each is the one or the other, and the plan of all is made of these.
  const alone = params.map((param) => ({ param, ...replayPlan([{ param, value: defaultPolicy[param] }]) }));
  for (const one of alone) expect(one.by.size + one.notReplayed.length, one.param).toBe(1);
  expect(notReplayed).toEqual(alone.flatMap((one) => one.notReplayed));
  expect(notReplayed.map(({ param }) => param)).toEqual(
    alone.filter((one) => one.by.size === 0).map(({ param }) => param),
  );
  expect(replayPlan([{ param: 'policyNotice', value: 1n }])).toMatchObject({
    by: new Set(),
    notReplayed: [{ param: 'policyNotice', reason: 'timing' }],
  });
});
