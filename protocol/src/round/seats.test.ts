import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { concat, getAddress, keccak256, numberToHex } from 'viem';
import type { Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { checkSeatVectors } from './seat-vectors.ts';
import { seatsOf, seedOf } from './seats.ts';

const wei = 10n ** 18n;

describe('seats', () => {
  const seedNumber = (n: bigint): Hex => `0x${n.toString(16).padStart(64, '0')}`;

  it('are those of the golden vectors', async () => {
    const file = new URL('../../vectors/seats.json', import.meta.url);
    const report = checkSeatVectors(JSON.parse(await readFile(file, 'utf8')));
    expect(report).toEqual({ passed: 24, failed: 0, failures: [] });
  });

  it('are given out exactly, and nobody gets more than a seat at each end of its interval beside its whole steps', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: 1n, max: 10n ** 27n }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 1024 }),
        fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
        fc.constantFrom('trainer', 'validator'),
        (stakes, seats, seed, role) => {
          const candidateStake = stakes.reduce((sum, stake) => sum + stake, 0n);
          const draw = { seed: seedNumber(seed), role, candidateStake, seats } as const;
          let end = 0n;
          let given = 0;
          for (const stake of stakes) {
            end += stake;
            const drawn = seatsOf({ end, stake }, draw);
            const share = (stake * BigInt(seats)) / candidateStake;
            expect(BigInt(drawn)).toBeGreaterThanOrEqual(share - 1n);
            expect(BigInt(drawn)).toBeLessThanOrEqual(share + 2n);
            given += drawn;
          }
          expect(given).toBe(seats);
        },
      ),
    );
  });

  it('of a stake that is split are those of the whole', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 2n, max: 10n ** 27n }),
        fc.bigInt({ min: 1n, max: 10n ** 27n }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
        (stake, others, where, seed) => {
          const part = 1n + ((stake - 1n) * BigInt(Math.floor(where * 1e6))) / 1_000_001n;
          const draw = { seed: seedNumber(seed), role: 'trainer', candidateStake: stake + others, seats: 64 } as const;
          const whole = seatsOf({ end: stake, stake }, draw);
          const split = seatsOf({ end: part, stake: part }, draw) + seatsOf({ end: stake, stake: stake - part }, draw);
          expect(split).toBe(whole);
        },
      ),
    );
  });

  it('are equal for equal stakes that divide them', () => {
    const draw = { seed: seedNumber(5n), role: 'validator', candidateStake: 400n * wei, seats: 64 } as const;
    expect([1n, 2n, 3n, 4n].map((i) => seatsOf({ end: i * 100n * wei, stake: 100n * wei }, draw))).toEqual([
      16, 16, 16, 16,
    ]);
  });

  it('do not come in bundles to identities that stand one step apart: nobody takes all seats with a quarter of the stake', () => {
    // Version 1 drew all points from one start: with a quarter of the stake, one identity at the same place of each step,
    // all 60 seats were won in a quarter of the draws (and none in the rest).
    const steps = 60;
    let most = 0;
    let sum = 0;
    const draws = 400;
    for (let n = 0; n < draws; n++) {
      const draw = {
        seed: seedNumber(BigInt(n) * 0x9e3779b97f4a7c15n),
        role: 'validator',
        candidateStake: BigInt(steps) * 4n * wei,
        seats: steps,
      } as const;
      let won = 0;
      for (let i = 0; i < steps; i++) won += seatsOf({ end: (4n * BigInt(i) + 1n) * wei, stake: wei }, draw);
      most = Math.max(most, won);
      sum += won;
    }
    // Binomial(60, 1/4): mean 15, standard deviation 3.4; 40 of 60 would be 7.5 deviations away.
    expect(most).toBeLessThan(40);
    expect(Math.abs(sum / draws - 15)).toBeLessThan(1);
  });
});

describe('the seed of a draw', () => {
  const word = (value: bigint) => numberToHex(value, { size: 32 });
  const roundManager = getAddress(numberToHex(0xabn, { size: 20 }));
  const beacon = word(0xbeac07n);
  const draw = { beacon, chainId: 31337, roundManager, taskId: 7n, round: 3 };
  const words = [beacon, word(31337n), word(0xabn), word(7n), word(3n)];

  it('hashes the beacon with chain, contract, task and round, as words', () => {
    expect(seedOf(draw)).toBe(keccak256(concat(words)));
    expect(seedOf({ ...draw, attempt: 0 })).toBe(seedOf(draw));
  });

  it('of a repeated round has its attempt too', () => {
    expect(seedOf({ ...draw, attempt: 2 })).toBe(keccak256(concat([...words, word(2n)])));
  });
});
