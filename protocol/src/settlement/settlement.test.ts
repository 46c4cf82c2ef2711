import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ONE } from '../ratio.ts';
import { claimBasis, trainerWeights } from './arithmetic.ts';
import { settleRound } from './settle.ts';
import type { SettledRound } from './settle.ts';
import { checkSettlementVectors, settleScored } from './vectors.ts';
import type { ScoredRound } from './vectors.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const file = read('../../vectors/settlement.json');
const supply = 10n ** 27n;

describe('golden vectors of settlement', () => {
  it('are those that the contracts read', () => {
    expect(read('../../../contracts/test/vectors/settlement.json')).toBe(file);
  });

  it('all pass to the last wei', () => {
    expect(checkSettlementVectors(JSON.parse(file))).toEqual({ passed: 40, failed: 0, failures: [] });
  });

  it('fail by a single wei, in the fee too, and name it', () => {
    const changed = JSON.parse(file) as { cases: { expected: { fee: string; trainers: { total: string }[] } }[] };
    const { expected } = changed.cases[0]!;
    expected.fee = String(BigInt(expected.fee) + 1n);
    const trainer = changed.cases[5]!.expected.trainers[2]!;
    trainer.total = String(BigInt(trainer.total) + 1n);
    const report = checkSettlementVectors(changed);
    expect(report).toMatchObject({ passed: 38, failed: 2 });
    expect(report.failures[0]).toContain('case 0: fee');
    expect(report.failures[1]).toContain('case 5: trainers t2 total');
  });

  it('refuses other shapes with a typed error', () => {
    const { cases } = JSON.parse(file) as { cases: { policy: Record<string, unknown> }[] };
    cases[1]!.policy = { ...cases[1]!.policy, securityRatio: undefined };
    for (const json of [null, {}, { cases: [{}] }, { cases: [{ pool: 1 }] }, { cases }]) {
      expect(() => checkSettlementVectors(json)).toThrowError(
        expect.objectContaining({ code: 'PROTOCOL_INVALID_DOCUMENT' }),
      );
    }
  });
});

const ratio = (min = 0n, max = ONE) => fc.bigInt({ min, max });
const wei = fc.bigInt({ min: 0n, max: supply });
const stake = { ownStake: wei, delegatedStake: wei, commission: ratio() };

const inputs: fc.Arbitrary<ScoredRound> = fc
  .record({
    funds: fc.record({ units: wei, common: wei, creationStake: wei }),
    stakeBehind: wei,
    ranking: fc.constantFrom('loss', 'contribution'),
    policy: fc.record({
      roundFee: ratio(0n, ONE / 20n),
      trainerShare: ratio(ONE / 5n, (ONE * 9n) / 10n),
      rankRatio: ratio(),
      delegationWeight: ratio(),
      unlockRatio: ratio(),
      securityRatio: ratio(),
      creationRatio: ratio(ONE / 4n),
      trainerSeats: fc.constant(64n),
      validatorSeats: fc.constant(240n),
    }),
    trainers: fc.array(
      fc.record({
        ...stake,
        seats: fc.integer({ min: 0, max: 8 }),
        score: fc.option(fc.bigInt({ min: -5n, max: 5n })),
      }),
      { minLength: 1, maxLength: 8 },
    ),
    validators: fc.array(fc.record({ ...stake, seats: fc.integer({ min: 0, max: 30 }), agreed: fc.boolean() }), {
      minLength: 1,
      maxLength: 8,
    }),
  })
  .map(({ trainers, validators, ...rest }) => ({
    ...rest,
    trainers: trainers.map((t, i) => ({ ...t, id: `t${i}` })),
    validators: validators.map((v, i) => ({ ...v, id: `v${i}` })),
  }));

const total = (payouts: readonly { total: bigint }[]) => payouts.reduce((sum, p) => sum + p.total, 0n);
const totals = (payouts: readonly { total: bigint }[]) => payouts.map((p) => p.total);
const paid = (round: SettledRound) => total(round.trainers) + total(round.validators);

describe('settlement', () => {
  it('pays, takes a fee and carries exactly the pool, and nobody less than nothing', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const round = settleScored(input);
        expect(round.fee + paid(round) + round.carried).toBe(input.funds.units + input.funds.common);
        expect(round.paid).toBe(paid(round));
        // What opening the claims carries at once leaves enough for each of them.
        expect(round.carriedAtOnce >= 0n && round.carriedAtOnce <= round.carried).toBe(true);
        // What comes later is rounding: who buys units meanwhile gets nothing of the round (see BudgetVault.sol).
        const claims = BigInt(input.trainers.length) * (round.parts.trainers / ONE + 2n);
        expect(round.carried - round.carriedAtOnce <= claims + BigInt(input.validators.length)).toBe(true);
        for (const p of [...round.trainers, ...round.validators]) {
          expect(p.node + p.delegators).toBe(p.total);
          expect(p.unlocked + p.vesting).toBe(p.node);
          expect([p.delegators, p.unlocked, p.vesting].every((amount) => amount >= 0n)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('leaves validators’ pay as it is, whichever trainers are left out', () => {
    fc.assert(
      fc.property(inputs, fc.nat(), (input, n) => {
        const before = settleScored(input);
        const out = n % input.trainers.length;
        const trainers = input.trainers.map((t, i) => (i === out ? { ...t, score: null } : t));
        expect(settleScored({ ...input, trainers }).validators).toEqual(before.validators);
        const without = input.trainers.filter((_, i) => i !== out);
        expect(settleScored({ ...input, trainers: without }).validators).toEqual(before.validators);
      }),
      { numRuns: 300 },
    );
  });

  it('raises nobody’s pay, of either role, when validators are silent: their stake is behind nothing', () => {
    fc.assert(
      fc.property(inputs, fc.nat(), wei, (input, n, stakeOfSilent) => {
        const before = settleScored(input);
        const out = n % input.validators.length;
        const stakeBehind = input.stakeBehind > stakeOfSilent ? input.stakeBehind - stakeOfSilent : 0n;
        const after = settleScored({
          ...input,
          stakeBehind,
          validators: input.validators.map((v, i) => (i === out ? { ...v, agreed: false } : v)),
        });
        const none = (now: bigint[], then: bigint[]) => now.every((amount, i) => amount <= (then[i] ?? -1n));
        expect(none(totals(after.trainers), totals(before.trainers))).toBe(true);
        // One wei: what remains beside the trainers' floored part.
        expect(
          none(
            totals(after.validators),
            totals(before.validators).map((amount) => amount + 1n),
          ),
        ).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('pays two halves of an identity what it pays the whole, but for rounding', () => {
    fc.assert(
      fc.property(inputs, fc.nat(), fc.nat(), (input, n, m) => {
        // Contributions are divided with seats; a rank is shared by equal scores.
        const whole = input.trainers[n % input.trainers.length]!;
        const seats = m % (whole.seats + 1);
        const part = whole.score === null || input.ranking === 'loss' ? whole.score : whole.score / 2n;
        const rest =
          whole.score === null || part === null || input.ranking === 'loss' ? whole.score : whole.score - part;
        const halves = [
          { ...whole, id: 'first', seats, score: part },
          { ...whole, id: 'second', seats: whole.seats - seats, score: rest },
        ];
        const before = settleScored(input);
        const after = settleScored({
          ...input,
          trainers: [...input.trainers.filter((t) => t !== whole), ...halves],
        });
        const wholePay = before.trainers.find((p) => p.id === whole.id)!.total;
        const halvesPay = total(after.trainers.filter((p) => ['first', 'second'].includes(p.id)));
        // A unit of rank weight is worth up to part/1e18 wei.
        const unit = (input.funds.units + input.funds.common) / ONE + 2n;
        expect(halvesPay <= wholePay + 2n * unit).toBe(true);
        // The cap by seats only binds where contribution and seats are divided unlike.
        if (input.ranking === 'loss') expect(halvesPay + 4n * unit >= wholePay).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('trainers’ weights', () => {
  const half = ONE / 2n;
  const trainer = (seats: number, score: bigint | null) => ({ seats, score });

  it('by loss are the sums of their seats’ ranks, which equal scores share by seats', () => {
    const all = [trainer(1, 3n), trainer(1, 1n), trainer(2, 3n), trainer(4, null), trainer(1, 9n)];
    const spanned = half + half / 2n + half / 4n;
    expect(trainerWeights('loss', all, half)).toEqual([spanned / 3n, ONE, (spanned * 2n) / 3n, 0n, half / 8n]);
  });

  it('by contribution are what is positive', () => {
    const all = [trainer(1, 7n), trainer(2, -7n), trainer(3, 0n), trainer(0, 5n), trainer(1, null)];
    expect(trainerWeights('contribution', all, half)).toEqual([7n, 0n, 0n, 0n, 0n]);
  });

  it('by loss never grow when a copy takes part (attack 9): three copies of the best get what its seats would', () => {
    const alone = trainerWeights('loss', [trainer(4, 1n), trainer(2, 2n)], half);
    const copies = [trainer(2, 1n), trainer(1, 1n), trainer(1, 1n), trainer(2, 2n)];
    const split = trainerWeights('loss', copies, half);
    expect(split.slice(0, 3).reduce((a, b) => a + b, 0n) <= alone[0]!).toBe(true);
    expect(split[3]).toBe(alone[1]);
  });
});

describe('what goes back when claims open', () => {
  const policy = {
    roundFee: 0n,
    trainerShare: ONE / 2n,
    rankRatio: ONE / 2n,
    delegationWeight: ONE,
    unlockRatio: ONE,
    securityRatio: ONE,
    creationRatio: ONE,
    trainerSeats: 4n,
    validatorSeats: 10n,
  };
  const stake = { ownStake: 1n, delegatedStake: 0n, commission: 0n };
  const settle = (ranking: 'loss' | 'contribution', claims: [bigint, number][], agreeing: number[]) =>
    settleRound({
      funds: { units: 1000n, common: 200n, creationStake: 1000n },
      stakeBehind: 1000n,
      policy,
      basis: claimBasis(
        ranking,
        claims.map(([weight, seats]) => ({ weight, seats })),
        policy,
      ),
      trainers: [],
      validators: agreeing.map((seats, i) => ({ id: `v${i}`, seats, ...stake })),
    }).carriedAtOnce;

  it('is what is not secured, and what no claim can take', () => {
    // Of 1,200 a thousand are secured: 500 for each role.
    expect(settle('contribution', [[5n, 4]], [10])).toBe(200n);
    expect(settle('contribution', [[5n, 1]], [10])).toBe(200n + 125n);
    expect(settle('contribution', [], [7])).toBe(200n + 500n + 150n);
    // W = 1.875; the first rank alone takes 266.
    expect(settle('loss', [[ONE, 1]], [10])).toBe(200n + 500n - 266n);
    // Sums of wrong leaves take no more than the part.
    expect(settle('loss', [[100n * ONE, 4]], [3, 3])).toBe(200n + 200n);
  });

  it('is what caps leave too, though others have seats to spare: 3/4 for who gave 98 of 100, and 1/100 each for two', () => {
    const claims: [bigint, number][] = [
      [98n, 1],
      [1n, 1],
      [1n, 2],
    ];
    expect(settle('contribution', claims, [10])).toBe(200n + 500n - 375n - 5n - 5n);
  });

  it('is measured by quotients that round up, so that each claim finds its part', () => {
    const thirds = [1n, 1n, 1n].map((weight) => ({ weight, seats: 1 }));
    expect(claimBasis('contribution', thirds, policy)).toMatchObject({ sumWeights: 3n, trainersRatio: ONE });
    expect(claimBasis('contribution', [{ weight: 1n, seats: 1 }, ...thirds], { ...policy, trainerSeats: 18n })).toEqual(
      {
        ranking: 'contribution',
        sumWeights: 4n,
        trainersRatio: 4n * 166_666_666_666_666_667n,
      },
    );
    expect(claimBasis('loss', [{ weight: 7n, seats: 1 }], policy).trainersRatio).toBe(4n);
  });
});
