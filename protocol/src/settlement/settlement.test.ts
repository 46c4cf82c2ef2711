import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSettlementVectors } from '../settlement/vectors.ts';
import { settleBySeats } from './settle.ts';
import type { SettleRoundInput, SettledRound } from './settle.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const file = read('../../vectors/settlement-2.json');
const ONE = 10n ** 18n;
const supply = 10n ** 27n;

describe('golden vectors of settlement, version 2', () => {
  it('are those that the contracts read', () => {
    expect(read('../../../contracts/test/vectors/settlement-2.json')).toBe(file);
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

  it('are told from those of version 1 by their own fields, whatever their name', () => {
    const first: unknown = JSON.parse(read('../../vectors/settlement.json'));
    expect(checkSettlementVectors(first)).toEqual({ passed: 25, failed: 0, failures: [] });
    const { cases } = JSON.parse(file) as { cases: { policy: Record<string, unknown> }[] };
    // A mixture is neither.
    cases[1]!.policy = { ...cases[1]!.policy, securityRatio: undefined };
    expect(() => checkSettlementVectors({ cases })).toThrowError(
      expect.objectContaining({ code: 'PROTOCOL_INVALID_DOCUMENT' }),
    );
  });
});

const ratio = (min = 0n, max = ONE) => fc.bigInt({ min, max });
const wei = fc.bigInt({ min: 0n, max: supply });
const stake = { ownStake: wei, delegatedStake: wei, commission: ratio() };
const validatorSeats = 240;
const trainerSeats = 64;

const inputs: fc.Arbitrary<SettleRoundInput> = fc
  .record({
    pool: fc.record({ units: wei, common: wei }),
    stake: fc.record({ behind: wei, creation: wei }),
    ranking: fc.constantFrom('loss', 'contribution'),
    policy: fc.record({
      roundFee: ratio(0n, ONE / 20n),
      trainerShare: ratio(ONE / 5n, (ONE * 9n) / 10n),
      rankRatio: ratio(),
      delegationWeight: ratio(),
      unlockRatio: ratio(),
      securityRatio: ratio(),
      creationRatio: ratio(ONE / 4n),
      trainerSeats: fc.constant(trainerSeats),
      validatorSeats: fc.constant(validatorSeats),
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

describe('settlement, version 2', () => {
  it('pays, takes a fee and carries exactly the pool, and nobody less than nothing', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const round = settleBySeats(input);
        expect(round.fee + paid(round) + round.carried).toBe(input.pool.units + input.pool.common);
        expect(round.carried >= 0n).toBe(true);
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
        const before = settleBySeats(input);
        const out = n % input.trainers.length;
        const trainers = input.trainers.map((t, i) => (i === out ? { ...t, score: null } : t));
        expect(settleBySeats({ ...input, trainers }).validators).toEqual(before.validators);
        const without = input.trainers.filter((_, i) => i !== out);
        expect(settleBySeats({ ...input, trainers: without }).validators).toEqual(before.validators);
      }),
      { numRuns: 300 },
    );
  });

  it('raises nobody’s pay, of either role, when validators are silent: their stake is behind nothing', () => {
    fc.assert(
      fc.property(inputs, fc.nat(), wei, (input, n, stakeOfSilent) => {
        const before = settleBySeats(input);
        const out = n % input.validators.length;
        const behind = input.stake.behind > stakeOfSilent ? input.stake.behind - stakeOfSilent : 0n;
        const after = settleBySeats({
          ...input,
          stake: { ...input.stake, behind },
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
        const before = settleBySeats(input);
        const after = settleBySeats({
          ...input,
          trainers: [...input.trainers.filter((t) => t !== whole), ...halves],
        });
        const wholePay = before.trainers.find((p) => p.id === whole.id)!.total;
        const halvesPay = total(after.trainers.filter((p) => ['first', 'second'].includes(p.id)));
        // A unit of rank weight is worth up to part/1e18 wei.
        const unit = (input.pool.units + input.pool.common) / ONE + 2n;
        expect(halvesPay <= wholePay + 2n * unit).toBe(true);
        // The cap by seats only binds where contribution and seats are divided unlike.
        if (input.ranking === 'loss') expect(halvesPay + 4n * unit >= wholePay).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
