import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { getAddress, keccak256, numberToHex, parseEther } from 'viem';
import { describe, expect, test } from 'vitest';
import { bitmapOf, claimBasis, effectiveStake, seatsOf, settleRound, trainerWeights } from '@covey/protocol';
import type { DrawnRole } from '@covey/protocol';
import { params } from '@covey/contracts/abi/enums';
import { policyNumbers } from '@covey/contracts/abi/policy-numbers';
import { defaultPolicy } from '../catalogue/policy-values.ts';
import { earnedUnder, emissionAmount } from './earned.ts';
import { replayPlan } from './numbers.ts';
import { noPayout } from './payouts.ts';
import { replayCase } from './replay-case.ts';
import { replayEmission } from './replay-emission.ts';
import { replayPurchase } from './replay-purchase.ts';
import { replayRound } from './replay-round.ts';
import { sumNodes, sumRoles } from './sums.ts';
import type {
  PaidOnChain,
  ReplayCase,
  ReplayEmission,
  ReplayRound,
  ReplayStake,
  ReplaySubmission,
  ReplayValidator,
} from '@covey/client';

const ONE = 10n ** 18n;
const address = (n: number) => getAddress(numberToHex(n + 1, { size: 20 }));

interface Amounts {
  id: string;
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
  seats: number;
}
interface Vector {
  pool: string;
  ranking: 'loss' | 'contribution';
  commonPart: string;
  stakeBehind: string;
  creationStake: string;
  policy: Record<string, string | number>;
  trainers: (Member & { score: string | null })[];
  validators: (Member & { agreed: boolean })[];
  expected: { trainers: Amounts[]; validators: Amounts[]; fee: string; carried: string };
}
const vectorFile = new URL('../../../protocol/vectors/settlement.json', import.meta.url);
const { cases: vectors } = JSON.parse(readFileSync(vectorFile, 'utf8')) as { cases: Vector[] };

const free = { ...defaultPolicy, minTrainerStake: 0n, minValidatorStake: 0n, minRoundPool: 0n };
type Policy = typeof free;
const stakeOf = (own: bigint, delegated = 0n, commission = 0n): ReplayStake => ({ own, delegated, commission });
const nothingMissing = { ciphertextMissing: false, missing: [0n] };
const lacking = (...indices: number[]) => ({ ciphertextMissing: false, missing: bitmapOf(indices, 3) });

const noEmission: ReplayEmission = {
  start: 0,
  end: 0,
  startIntegral: 0n,
  endIntegral: 0n,
  multiplier: 0n,
  trainerStake: 0n,
  validatorStake: 0n,
  paidSeats: 0,
  agreeingSeats: 0,
  earned: true,
  earning: 0n,
  communityShare: 0n,
  minted: 0n,
  firstDay: 0n,
  days: [],
};

interface Trainer extends Partial<ReplaySubmission> {
  /** It joined and sent nothing. */
  silent?: boolean;
}
interface World extends Partial<Omit<ReplayRound, 'submissions' | 'trainers' | 'validators'>> {
  trainers?: readonly Trainer[];
  validators?: readonly Partial<ReplayValidator>[];
}

/** A round as it is played: seats drawn on the line of those who joined, but where they are given. */
function roundOf({
  trainers = [{}, {}, {}],
  validators = [{}, {}, {}],
  policy = free,
  ...rest
}: World = {}): ReplayRound {
  const seeds = { trainer: keccak256('0x01'), validator: keccak256('0x02') };
  const seated = (role: DrawnRole, least: bigint, list: readonly { stake?: ReplayStake; seats?: number }[]) => {
    const stakes = list.map(({ stake }) => stake ?? stakeOf(least));
    const lengths = stakes.map(({ own, delegated }) => effectiveStake(own, delegated, policy.delegationWeight));
    const candidateStake = lengths.reduce((sum, length) => sum + length, 0n);
    const draw = { seed: seeds[role], role, candidateStake, seats: Number(policy[`${role}Seats`]) };
    let end = 0n;
    return stakes.map((stake, i) => {
      end += lengths[i]!;
      const drawn = candidateStake === 0n ? 0 : seatsOf({ end, stake: lengths[i]! }, draw);
      return { node: address(role === 'trainer' ? i : 1_000 + i), stake, seats: list[i]!.seats ?? drawn };
    });
  };
  const joined = seated('trainer', parseEther('2000'), trainers);
  const sitting = seated('validator', parseEther('6000'), validators).map((candidate, i): ReplayValidator => ({
    ...{ missing: nothingMissing, revealed: true, agreed: true },
    ...validators[i],
    ...candidate,
  }));
  const ranking = rest.ranking ?? 'loss';
  const sent = joined.flatMap((candidate, i) =>
    trainers[i]!.silent || candidate.seats === 0 ? [] : [{ candidate, i }],
  );
  const submissions = sent.map(({ candidate, i }, index): ReplaySubmission => {
    const { silent: _, ...given } = trainers[i]!;
    return {
      ...{ verdict: 'valid', loss: BigInt(100 + i), contribution: null, weight: 0n },
      ...given,
      ...candidate,
      index,
    };
  });
  return {
    taskId: 1n,
    round: 0,
    mode: 'federated',
    ranking,
    policyVersion: 1,
    policy,
    minTrainerStake: 0n,
    minValidatorStake: 0n,
    funds: { units: parseEther('300'), common: 0n, creationStake: parseEther('10000') },
    trainerSeats: Number(policy.trainerSeats),
    validatorSeats: Number(policy.validatorSeats),
    trainerSeed: seeds.trainer,
    validatorSeed: seeds.validator,
    baselineLoss: 1_000n,
    trainers: joined,
    submissions,
    validators: sitting,
    stakeBehind: sitting
      .filter(({ agreed, seats }) => agreed && seats > 0)
      .reduce((sum, { stake }) => sum + effectiveStake(stake.own, stake.delegated, policy.delegationWeight), 0n),
    paid: [],
    ruled: false,
    emission: noEmission,
    ...rest,
  };
}

const stakeIn = ({ ownStake, delegatedStake, commission }: Member) =>
  stakeOf(BigInt(ownStake), BigInt(delegatedStake), BigInt(commission));

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
  const common = BigInt(vector.commonPart);
  const paid = (role: PaidOnChain['role'], offset: number, list: readonly Amounts[]): PaidOnChain[] =>
    list.map((entry, i) => ({ role, node: address(offset + i), payout: payout(entry), source: 'claimed' as const }));
  return roundOf({
    ranking: vector.ranking,
    policy: { ...free, ...(Object.fromEntries(numbers) as Partial<Policy>) },
    funds: { units: BigInt(vector.pool) - common, common, creationStake: BigInt(vector.creationStake) },
    stakeBehind: BigInt(vector.stakeBehind),
    trainers: vector.trainers.map((trainer) => ({
      stake: stakeIn(trainer),
      seats: trainer.seats,
      verdict: trainer.score === null ? ('not-finite' as const) : ('valid' as const),
      [vector.ranking]: trainer.score === null ? null : BigInt(trainer.score),
    })),
    validators: vector.validators.map((entry) => ({
      stake: stakeIn(entry),
      seats: entry.seats,
      agreed: entry.agreed,
    })),
    // Vectors are about the split: whether enough agreed is another question.
    ruled: true,
    paid: [...paid('trainer', 0, vector.expected.trainers), ...paid('validator', 1_000, vector.expected.validators)],
  });
}

const settlementNumbers = [
  'roundFee',
  'trainerShare',
  'rankRatio',
  'unlockRatio',
  'securityRatio',
  'creationRatio',
] as const;

describe('the golden vectors of the settlement', () => {
  // Whoever drew no seat sends nothing, so that a vector's node without one cannot be played.
  const played = vectors.filter(({ trainers }) => trainers.length > 0 && trainers.every(({ seats }) => seats > 0));

  test('are what a replay without changes gives, to the wei, and with the same numbers proposed', () => {
    expect(played.length).toBeGreaterThan(10);
    for (const [i, vector] of played.entries()) {
      const round = fromVector(vector);
      for (const changes of [{}, round.policy]) {
        const replay = replayRound(round, changes);
        expect([i, replay.exact, replay.outcome]).toEqual([i, true, 'accepted']);
        for (const which of ['recomputed', 'proposed'] as const) {
          expect(replay.fee[which]).toBe(BigInt(vector.expected.fee));
          expect(replay.carried[which]).toBe(BigInt(vector.expected.carried));
        }
        expect(replay.nodes.every(({ difference }) => difference.total === 0n)).toBe(true);
        expect(replay.notes).toEqual([]);
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

  test('with the numbers of another vector proposed that leave its draw alone, are settled under those', () => {
    for (const [i, vector] of played.entries()) {
      const round = fromVector(vector);
      const other = fromVector(played[(i + 1) % played.length]!).policy;
      const changes = Object.fromEntries(settlementNumbers.map((name) => [name, other[name]]));
      const policy = { ...round.policy, ...changes };
      const scored = vector.trainers.map(({ score, seats }) => ({
        seats,
        score: score === null ? null : BigInt(score),
      }));
      const weights = trainerWeights(vector.ranking, scored, policy.rankRatio);
      const paidStake = ({ own, delegated, commission }: ReplayStake) => ({
        ...{ ownStake: own, delegatedStake: delegated, commission },
      });
      const claims = vector.trainers
        .map((trainer, n) => ({
          id: `${n}`,
          seats: trainer.seats,
          weight: weights[n]!,
          ...paidStake(stakeIn(trainer)),
        }))
        .filter(({ weight }) => weight > 0n);
      const expected = settleRound({
        funds: round.funds,
        stakeBehind: round.stakeBehind,
        policy,
        basis: claimBasis(vector.ranking, claims, policy),
        trainers: claims,
        validators: vector.validators.flatMap((entry, n) =>
          entry.agreed ? [{ id: `v${n}`, seats: entry.seats, ...paidStake(stakeIn(entry)) }] : [],
        ),
      });
      const replay = replayRound(round, changes);
      expect(replay.carried.proposed).toBe(expected.carried);
      expect(replay.fee.proposed).toBe(expected.fee);
      for (const { id, total } of expected.trainers) expect(replay.nodes[Number(id)]!.proposed.total).toBe(total);
      const paid = replay.nodes.reduce((sum, { proposed }) => sum + proposed.total, 0n);
      expect(paid).toBe(expected.paid);
    }
  });
});

test('whatever is proposed, what is paid, the fee and what is carried make the pool, and the same values change nothing', () => {
  const wei = fc.bigInt(0n, 10n ** 27n);
  const ratio = fc.bigInt(0n, ONE);
  const stake = fc.record({ own: wei, delegated: wei, commission: ratio });
  const policy = fc.record({
    trainerShare: fc.bigInt(ONE / 5n, (ONE * 9n) / 10n),
    roundFee: fc.bigInt(0n, ONE / 20n),
    securityRatio: fc.bigInt(0n, ONE / 2n),
    creationRatio: fc.bigInt(ONE / 4n, ONE),
    rankRatio: ratio,
    delegationWeight: ratio,
    unlockRatio: ratio,
    minTrainerStake: fc.oneof(fc.constant(0n), wei),
    minValidatorStake: fc.oneof(fc.constant(0n), wei),
    minRoundPool: fc.oneof(fc.constant(0n), wei),
    trainerSeats: fc.bigInt(1n, 80n),
    validatorSeats: fc.bigInt(4n, 255n),
    arenaMargin: fc.bigInt(0n, ONE / 2n),
  });
  const round = fc
    .record({
      mode: fc.constantFrom('arena' as const, 'federated' as const),
      contribution: fc.boolean(),
      funds: fc.record({ units: wei, common: wei, creationStake: wei }),
      trainers: fc.array(fc.record({ loss: fc.option(fc.bigInt(0n, 1_500n)), stake, silent: fc.boolean() }), {
        minLength: 1,
        maxLength: 6,
      }),
      validators: fc.array(fc.record({ agreed: fc.boolean(), stake }), { minLength: 1, maxLength: 5 }),
      ruled: fc.boolean(),
    })
    .map(({ trainers, contribution, ...rest }) =>
      roundOf({
        ...rest,
        ranking: contribution && rest.mode === 'federated' ? 'contribution' : 'loss',
        trainers: trainers.map((trainer) => ({
          ...trainer,
          contribution: trainer.loss === null ? null : trainer.loss - 700n,
          verdict: trainer.loss === null ? ('not-finite' as const) : ('valid' as const),
        })),
      }),
    );
  fc.assert(
    fc.property(round, policy, (past, changes) => {
      const { nodes, fee, carried, outcome, pool } = replayRound(past, changes);
      expect(pool).toBe(past.funds.units + past.funds.common);
      for (const which of ['recomputed', 'proposed'] as const) {
        const paid = nodes.reduce((sum, node) => sum + node[which].total, 0n);
        expect(fee[which] + paid + carried[which]).toBe(pool);
        for (const node of nodes) {
          expect(node[which].node + node[which].delegators).toBe(node[which].total);
          expect(node[which].unlocked + node[which].vesting).toBe(node[which].node);
        }
        for (const role of ['trainer', 'validator'] as const) {
          const seats = nodes.filter((node) => node.role === role).reduce((sum, node) => sum + node.seats[which], 0);
          const all = which === 'proposed' ? changes[`${role}Seats`] : past.policy[`${role}Seats`];
          expect(BigInt(seats)).toBeLessThanOrEqual(all);
        }
      }
      if (outcome !== 'accepted') expect(carried.proposed).toBe(pool);
      const same = replayRound(past, past.policy);
      for (const { difference } of same.nodes) expect(difference).toEqual(noPayout);
      const { trainer, validator: validators } = sumRoles(sumNodes([same, replayRound(past, changes)]));
      const total = nodes.reduce((sum, { difference }) => sum + difference.total, 0n);
      expect(trainer.difference.total + validators.difference.total).toBe(total);
    }),
    { numRuns: 300, seed: 4 },
  );
});

const totals = (round: ReplayRound, changes: Parameters<typeof replayRound>[1]) => {
  const replay = replayRound(round, changes);
  return { ...replay, by: (i: number) => replay.nodes[i]! };
};

describe('seats drawn again', () => {
  test('with the round’s own seed: what a round with those numbers would have drawn', () => {
    const trainers = [1_000n, 3_000n, 500n, 2_500n].map((own) => ({
      stake: stakeOf(parseEther(`${own}`), parseEther('900')),
    }));
    const validators = [5_000n, 9_000n, 6_000n].map((own) => ({
      stake: stakeOf(parseEther(`${own}`), parseEther('9000')),
    }));
    const round = roundOf({ trainers, validators });
    for (const changes of [{ trainerSeats: 100n }, { validatorSeats: 61n }, { delegationWeight: ONE / 10n }]) {
      const replay = replayRound(round, changes);
      const fresh = roundOf({ trainers, validators, policy: { ...free, ...changes } });
      const drawn = [...fresh.trainers, ...fresh.validators].map(({ seats }) => seats);
      expect(replay.nodes.map(({ seats }) => seats.proposed)).toEqual(drawn);
      expect(replay.nodes.map(({ proposed }) => proposed)).toEqual(
        replayRound(fresh, {}).nodes.map(({ recomputed }) => recomputed),
      );
      expect(replay.notes).toContain('seats-drawn');
    }
    // A weight of delegated stake that nobody has moves no seat.
    expect(replayRound(roundOf(), { delegationWeight: 0n }).notes).toEqual([]);
  });

  test('who had none before earns nothing, and who has none after neither', () => {
    const trainers = [{ stake: stakeOf(parseEther('100000')) }, { stake: stakeOf(parseEther('1')) }, {}];
    const round = roundOf({ trainers, policy: { ...free, trainerSeats: 8n } });
    expect(round.trainers.map(({ seats }) => seats)).toEqual([8, 0, 0]);
    expect(round.submissions).toHaveLength(1);
    const more = totals(round, { trainerSeats: 1_000n });
    const { seats, difference } = more.by(0);
    expect(seats.proposed).toBeLessThan(1_000);
    expect(difference.total).toBeLessThanOrEqual(0n);
    expect(more.notes).toContain('seats-drawn');
    const fewer = totals(roundOf({ trainers, policy: { ...free, trainerSeats: 1_000n } }), { trainerSeats: 8n });
    expect(fewer.nodes.find(({ refused }) => refused)).toMatchObject({ refused: 'noSeats', proposed: noPayout });
  });
});

describe('who would have been refused, or the round', () => {
  test('too little stake: the seats go to the others', () => {
    const round = roundOf({ trainers: [{ stake: stakeOf(parseEther('1500')) }, {}, {}] });
    const least = totals(round, { minTrainerStake: parseEther('1600') });
    expect(least.by(0)).toMatchObject({ refused: 'minTrainerStake', proposed: noPayout });
    expect(least.by(1).seats.proposed + least.by(2).seats.proposed).toBe(64);
    expect(least.by(1).difference.total).toBeGreaterThan(0n);
    expect(least.notes).toEqual(['seats-drawn', 'scores-with-all']);
    // The task's own minimum counts where it is higher.
    const strict = { ...round, minTrainerStake: parseEther('1500') };
    expect(totals(strict, { minTrainerStake: 1n }).nodes.every(({ refused }) => !refused)).toBe(true);
  });

  test('a validator below the minimum: its seats are drawn by the others', () => {
    const round = roundOf({ validators: [{}, {}, { stake: stakeOf(parseEther('5000')) }] });
    const replay = totals(round, { minValidatorStake: parseEther('5500') });
    expect(replay.by(5)).toMatchObject({ refused: 'minValidatorStake', proposed: noPayout });
    expect(replay.by(3).seats.proposed + replay.by(4).seats.proposed).toBe(240);
    expect(replay.by(3).difference.total).toBeGreaterThan(0n);
    expect(replay).toMatchObject({ outcome: 'accepted', notes: ['seats-drawn'] });
  });

  test('a submission that half of the seats would lack; one that nobody scored is not made up', () => {
    const lacks = { missing: lacking(0), agreed: false, revealed: false };
    const validators = [
      { stake: stakeOf(parseEther('3100')) },
      { ...lacks, stake: stakeOf(parseEther('2000'), parseEther('2000')) },
    ];
    const found = totals(roundOf({ validators, ruled: true }), { delegationWeight: ONE });
    expect(found.by(0)).toMatchObject({ refused: 'notCounted', proposed: noPayout });
    expect(found.by(0).recomputed.total).toBeGreaterThan(0n);
    expect(found.by(1).proposed.total).toBeGreaterThan(0n);
    expect(found.notes).toEqual(['seats-drawn', 'scores-with-all']);
    const lost = roundOf({
      trainers: [{ verdict: 'not-counted', loss: null }, {}, {}],
      policy: { ...free, delegationWeight: ONE },
      validators,
      ruled: true,
    });
    const counted = totals(lost, { delegationWeight: ONE / 2n });
    expect(counted.notes).toEqual(['seats-drawn', 'unscored']);
    expect(counted.by(0)).toMatchObject({ recomputed: noPayout, proposed: noPayout });
  });

  test('a validator that lacked what would count then is on no result', () => {
    const accuser = { missing: lacking(0), stake: stakeOf(parseEther('2000'), parseEther('2000')) };
    const round = roundOf({
      trainers: [{ verdict: 'not-counted', loss: null }, {}, {}],
      policy: { ...free, delegationWeight: ONE },
      validators: [{ stake: stakeOf(parseEther('3100')) }, accuser],
    });
    expect(totals(round, {}).by(4).recomputed.total).toBeGreaterThan(0n);
    expect(totals(round, { delegationWeight: ONE / 2n }).by(4).proposed).toEqual(noPayout);
  });

  test('a validator that agreed is paid, whatever it had said to lack', () => {
    const censor = { missing: lacking(0), stake: stakeOf(parseEther('3000')) };
    const liar = { missing: { ...nothingMissing, ciphertextMissing: true }, stake: stakeOf(parseEther('3000')) };
    const round = roundOf({ validators: [{ stake: stakeOf(parseEther('9000')) }, censor, liar] });
    const found = totals(round, {});
    for (const n of [4, 5]) {
      expect(found.by(n).recomputed.total).toBeGreaterThan(0n);
      expect(found.by(n).difference).toEqual(noPayout);
    }
  });

  test('a pool that would not open, stake that would not secure it', () => {
    const round = roundOf();
    expect(totals(round, { minRoundPool: parseEther('300') })).toMatchObject({ outcome: 'accepted', notes: [] });
    const small = totals(round, { minRoundPool: parseEther('301') });
    expect(small).toMatchObject({ outcome: 'void', notes: ['too-small'] });
    expect(small.carried.proposed).toBe(parseEther('300'));
    expect(small.fee.proposed).toBe(0n);
    const insecure = totals(roundOf({ policy: { ...free, minRoundPool: parseEther('300') } }), {
      securityRatio: ONE / 100n, // of 18,000
    });
    expect(insecure).toMatchObject({ outcome: 'void', notes: ['unsecured'] });
    const nobody = totals(round, { minTrainerStake: parseEther('9000') });
    expect(nobody.outcome).toBe('void');
    expect(nobody.notes).toContain('unsecured');
  });

  test('less security pays less, more of it no more than the funders’ key', () => {
    const round = roundOf({ funds: { units: parseEther('300'), common: 0n, creationStake: parseEther('200') } });
    const before = totals(round, {});
    const sum = (replay: typeof before) =>
      replay.fee.proposed + replay.nodes.reduce((all, { proposed }) => all + proposed.total, 0n);
    expect(before.carried.recomputed).toBeGreaterThan(parseEther('100'));
    expect(sum(totals(round, { creationRatio: ONE / 4n }))).toBeLessThanOrEqual(parseEther('50'));
    expect(sum(totals(round, { securityRatio: ONE / 100n }))).toBeLessThanOrEqual(parseEther('180'));
    expect(sum(totals(round, { securityRatio: (ONE * 45n) / 100n }))).toBe(sum(before));
  });

  test('an arena’s margin admits and refuses, and may change who wins', () => {
    const arena = roundOf({
      mode: 'arena',
      policy: { ...free, arenaMargin: ONE / 10n },
      trainers: [
        { loss: 500n },
        { loss: 920n, verdict: 'no-contribution' },
        { loss: 1_000n, verdict: 'no-contribution' },
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

  test('too few seats on the result would wait for a challenge; too few who attest would be drawn anew', () => {
    const odd = { stake: stakeOf(parseEther('5000')), agreed: false };
    const round = roundOf({ validators: [{ stake: stakeOf(parseEther('5500')) }, {}, odd] });
    expect(totals(round, {}).outcome).toBe('accepted');
    const strict = totals(round, { minValidatorStake: parseEther('5600') });
    expect(strict.outcome).toBe('accepted');
    const less = roundOf({ validators: [{ stake: stakeOf(parseEther('4000')) }, {}, odd] });
    const thin = totals(less, { minValidatorStake: parseEther('4500') });
    expect(thin).toMatchObject({ outcome: 'contested', notes: ['seats-drawn', 'not-accepted'] });
    expect(thin.carried.proposed).toBe(parseEther('300'));
    expect(totals({ ...less, ruled: true }, { minValidatorStake: parseEther('4500') }).outcome).toBe('accepted');
    // What nobody challenged stands on fewer seats, and does so again.
    const contested = roundOf({ validators: [{}, odd, odd] });
    expect(totals(contested, { roundFee: 0n }).outcome).toBe('accepted');
    const silent = { stake: stakeOf(parseEther('5000')), missing: null, revealed: false, agreed: false };
    const lost = totals(
      roundOf({ validators: [{ stake: stakeOf(parseEther('4000')) }, { stake: stakeOf(parseEther('4900')) }, silent] }),
      {
        minValidatorStake: parseEther('4500'),
      },
    );
    expect(lost.outcome).toBe('void');
    expect(lost.notes).toContain('repeated');
  });
});

test('slash cases under other numbers, with the parts of what was collected piece by piece', () => {
  const slashed: ReplayCase = {
    caseId: 1n,
    target: address(1),
    reporter: address(2),
    reason: 'resultMismatch',
    state: 'executed',
    stake: 1_001n,
    ratio: ONE / 100n,
    reporterCap: 1_000n,
    challengerShare: (ONE * 3n) / 10n,
    amount: 10n,
    taken: 10n,
    // 7/10 and 3/10 floor to nothing, where a tenth of the whole would be 1.
    collections: [
      { amount: 7n, toReporter: 0n, toChallenger: 2n },
      { amount: 3n, toReporter: 0n, toChallenger: 0n },
    ],
  };
  expect(replayCase(slashed, {})).toMatchObject({
    exact: true,
    toReporter: { recomputed: 0n, proposed: 0n },
    toChallenger: { recomputed: 2n, proposed: 2n },
  });
  const doubled = replayCase(slashed, { slashResultMismatch: ONE / 50n, slashNoReveal: ONE / 5n });
  expect(doubled.amount).toEqual({ recomputed: 10n, proposed: 20n });
  expect(doubled.toReporter.proposed).toBe(2n);
  expect(doubled.toChallenger.proposed).toBe(6n);
  expect(replayCase(slashed, { slashResultMismatch: ONE / 50n, reporterCap: 1n }).toReporter.proposed).toBe(1n);
  expect(replayCase(slashed, { challengerShare: ONE / 2n }).toChallenger.proposed).toBe(4n); // 3 and 1
  expect(replayCase({ ...slashed, challengerShare: 0n }, { challengerShare: ONE / 2n }).toChallenger.proposed).toBe(0n);
  expect(replayCase({ ...slashed, amount: 11n }, {}).exact).toBe(false);
  expect(replayCase(slashed, { slashResultMismatch: ONE }).amount.proposed).toBe(500n); // the court takes half at most
  const [first, second] = slashed.collections;
  const other = { ...slashed, collections: [{ ...first!, toChallenger: 3n }, second!] };
  expect(replayCase(other, {}).exact).toBe(false);
  // The cap is of the whole case, whatever pieces it comes in.
  const capped = { ...slashed, stake: 10_000n, amount: 100n, taken: 100n, reporterCap: 6n };
  const pieces = [
    { amount: 50n, toReporter: 5n, toChallenger: 15n },
    { amount: 50n, toReporter: 1n, toChallenger: 15n },
  ];
  expect(replayCase({ ...capped, collections: pieces }, { reporterCap: 20n })).toMatchObject({
    exact: true,
    toReporter: { recomputed: 6n, proposed: 10n },
  });
});

test('a purchase under another fee: the creator’s part stays, the contributors’ gives', () => {
  const purchase = {
    ...{ listingId: 1n, orderId: null },
    buyer: address(3),
    block: 9n,
    price: 1_000n,
    fee: 25n,
    toSeller: 300n,
    toContributors: 675n,
    marketFee: ONE / 40n,
  };
  expect(replayPurchase(purchase, { marketFee: ONE / 10n })).toMatchObject({
    fee: { recomputed: 25n, proposed: 100n },
    toContributors: { recomputed: 675n, proposed: 600n },
    exact: true,
  });
  expect(replayPurchase({ ...purchase, fee: 24n }, {}).exact).toBe(false);
  // An order of a sealed model: what is not the fee is the seller's.
  const order = { ...purchase, orderId: 7n, toSeller: 975n, toContributors: 0n };
  expect(replayPurchase(order, { marketFee: ONE / 10n })).toMatchObject({
    orderId: 7n,
    fee: { recomputed: 25n, proposed: 100n },
    toContributors: { recomputed: 0n, proposed: 0n },
    exact: true,
  });
  expect(replayPurchase({ ...order, toSeller: 974n }, {}).exact).toBe(false);
});

describe('the emission', () => {
  const state = {
    minted: 0n,
    remaining: parseEther('470000000'),
    day: 29n,
    today: parseEther('1500000'),
    totalAllocated: 20n,
    tasks: [{ taskId: 1n, multiplier: ONE }],
  };
  const daily = { emissionDaily: parseEther('1000000') };

  test('of the next days: decay at the period, the bound of what is left', () => {
    const plain = replayEmission(state, defaultPolicy, daily, { days: 3, rounds: [] });
    expect(plain.exact).toBe(true);
    expect(plain.days).toEqual([
      { current: parseEther('1500000'), proposed: parseEther('1000000') },
      { current: parseEther('1350000'), proposed: parseEther('900000') },
      { current: parseEther('1350000'), proposed: parseEther('900000') },
    ]);
    const nearlyOut = emissionAmount(0n, 3_000n, defaultPolicy);
    expect(nearlyOut).toBe(10n); // a tenth of what is left, over thirty days
    expect(replayEmission({ ...state, today: 1n }, defaultPolicy, {}, { days: 1, rounds: [] }).exact).toBe(false);
  });

  const day = 86_400n;
  // A third of the stake for a quarter of one day, all of the next and half of the third.
  const third = 10n ** 36n / (3n * 10n ** 21n);
  const emission: ReplayEmission = {
    ...noEmission,
    start: Number(100n * day + (day * 3n) / 4n),
    end: Number(102n * day + day / 2n),
    startIntegral: 0n,
    days: [(third * day) / 4n, (third * day * 5n) / 4n],
    endIntegral: (third * day * 7n) / 4n,
    multiplier: ONE,
    communityShare: parseEther('470000000'),
    firstDay: 100n,
  };
  const earner = {
    trainers: { stake: 10n ** 21n, seats: 64, paidSeats: 64 },
    validators: { stake: 10n ** 21n, seats: 240, agreeingSeats: 0 },
    stakeBehind: parseEther('470000000'),
  };

  test('of a round: its stake’s part of each day, of other amounts, of fewer seats, at most what its verdict can lose', () => {
    const policy = { ...defaultPolicy, emissionPeriod: 1n };
    // 1.5, 1.35 and 1.215 million a day.
    const all = [1_500_000n / 4n, 1_350_000n, 1_215_000n / 2n].reduce((sum, part) => sum + part, 0n);
    const earned = earnedUnder(emission, earner, policy);
    expect(Number(earned) / Number(parseEther(`${all}`))).toBeCloseTo(1 / 3, 9);
    expect(earnedUnder(emission, earner, { ...policy, emissionDaily: policy.emissionDaily / 2n })).toBe(earned / 2n);
    const half = { ...earner, trainers: { ...earner.trainers, paidSeats: 32 } };
    expect(Number(earnedUnder(emission, half, policy)) / Number(earned)).toBeCloseTo(0.5, 9);
    expect(earnedUnder(emission, { ...earner, stakeBehind: 1_000n }, policy)).toBe(400n);
    expect(earnedUnder({ ...emission, multiplier: 0n }, earner, policy)).toBe(0n);
    expect(earnedUnder({ ...emission, firstDay: 103n }, earner, policy)).toBe(0n);
    expect(earnedUnder({ ...emission, minted: emission.communityShare }, earner, policy)).toBe(0n);
  });

  test('is part of a round’s replay, and summed by task', () => {
    const past = roundOf({ emission });
    const { recomputed } = replayRound(past, {}).emission;
    expect(recomputed).toBeGreaterThan(0n);
    expect(replayRound(past, {}).exact).toBe(false);
    const told = { ...past, emission: { ...emission, earning: recomputed } };
    // It is capped by what the verdict can lose: 18,000 · 0.4.
    expect(recomputed).toBe(parseEther('7200'));
    const replay = replayRound(told, { securityRatio: ONE / 10n });
    expect(replay.emission).toEqual({ recomputed, proposed: parseEther('1800') });
    expect(replayRound(told, { minRoundPool: parseEther('301') }).emission.proposed).toBe(0n);
    const { tasks } = replayEmission(state, defaultPolicy, {}, { days: 1, rounds: [replay, replay] });
    expect(tasks).toEqual([{ taskId: 1n, current: 2n * recomputed, proposed: parseEther('3600') }]);
  });
});

test('every governed number is replayed or named with a reason', () => {
  const { by, notReplayed } = replayPlan(params.map((param) => ({ param, value: defaultPolicy[param] })));
  expect([...by].toSorted()).toEqual(['cases', 'emission', 'purchases', 'rounds']);
  expect(notReplayed.map(({ reason }) => reason)).toEqual(expect.arrayContaining(['timing', 'behaviour', 'content']));
  for (const { detail, reason } of notReplayed) {
    expect(detail.length).toBeGreaterThan(20);
    expect(['timing', 'behaviour', 'content']).toContain(reason);
  }
  for (const param of params) {
    const { min, max } = policyNumbers[param];
    expect(() => replayPlan([{ param, value: max + 1n }])).toThrowError(
      expect.objectContaining({ code: 'GOV_INVALID_ARGUMENT' }),
    );
    if (min > 0n) expect(() => replayPlan([{ param, value: min - 1n }])).toThrowError(/takes no such/);
  }
  expect(replayPlan([{ param: 'policyNotice', value: 1n }])).toMatchObject({
    by: new Set(),
    notReplayed: [{ param: 'policyNotice', reason: 'timing' }],
  });
});
