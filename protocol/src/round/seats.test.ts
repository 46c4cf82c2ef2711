import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countedSubmissions, indicesOf, seatsOf } from './seats.ts';

const wei = 10n ** 18n;

describe('seats', () => {
  it('are given out exactly, and each candidate has its share but for one seat', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: 1n, max: 10n ** 27n }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 255 }),
        fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
        (stakes, seats, seed) => {
          const candidateStake = stakes.reduce((sum, stake) => sum + stake, 0n);
          const draw = { offset: seed % candidateStake, candidateStake, seats };
          let end = 0n;
          let given = 0;
          for (const stake of stakes) {
            end += stake;
            const drawn = seatsOf({ end, stake }, draw);
            const share = (stake * BigInt(seats)) / candidateStake;
            expect(BigInt(drawn) === share || BigInt(drawn) === share + 1n).toBe(true);
            given += drawn;
          }
          expect(given).toBe(seats);
        },
      ),
    );
  });

  it('are equal for equal stakes that divide them', () => {
    const draw = { offset: 123n * wei, candidateStake: 400n * wei, seats: 64 };
    expect([1n, 2n, 3n, 4n].map((i) => seatsOf({ end: i * 100n * wei, stake: 100n * wei }, draw))).toEqual([
      16, 16, 16, 16,
    ]);
  });
});

describe('counted submissions', () => {
  const policy = { availabilityThreshold: 666_666_666_666_666_666n, validatorQuorum: 5n * 10n ** 17n };
  const had = (...indices: number[]) => new Set(indices);

  it('need two thirds of the attesting seats', () => {
    const attestations = [
      { seats: 2, available: had(0, 1) },
      { seats: 1, available: had(1) },
    ];
    expect(countedSubmissions({ submissions: 3, seats: 4, attestations, policy })).toEqual([0, 1]);
  });

  it('are none where less than half of the seats attested', () => {
    const attestations = [{ seats: 1, available: had(0) }];
    expect(countedSubmissions({ submissions: 1, seats: 3, attestations, policy })).toEqual([]);
  });

  it('stand in words of 256', () => {
    expect(indicesOf([1n | (1n << 255n), 2n])).toEqual([0, 255, 257]);
  });
});
