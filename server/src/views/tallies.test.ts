import { numberToHex } from 'viem';
import { describe, expect, test } from 'vitest';
import { talliesOf } from './tallies.ts';

type Joined = Parameters<typeof talliesOf>[0][number];

const hash = (n: number) => numberToHex(n, { size: 32 });
const summary = {
  ...{ documentCid: 'bafy', claimsRoot: hash(0), claimants: 0, paidSeats: 0, sumWeights: '0', trainersRatio: '0' },
  ...{ modelCid: 'bafy', refereeRoot: hash(0), shardInvalid: false },
};

/** Who revealed a result of so many seats, in this block and place of it. */
function revealed(result: number, seats: number, blockNumber: number, logIndex: number): Joined {
  const source = { transactionHash: hash(9), at: 0, blockNumber, logIndex };
  return { resultHash: hash(result), resultReveal: { summary, ...source }, seats, effectiveStake: BigInt(seats) };
}

describe('results by seats', () => {
  test('stand with the most first, each with its validators, seats and stake', () => {
    const found = talliesOf([revealed(1, 3, 1, 0), revealed(2, 2, 1, 1), revealed(2, 4, 1, 2)]);
    expect(found).toMatchObject([
      { resultHash: hash(2), seats: 6, validators: 2, stake: '6' },
      { resultHash: hash(1), seats: 3, validators: 1, stake: '3' },
    ]);
  });

  test('of equal ones the first revealed leads, whoever joined first', () => {
    const order = (joined: Joined[]) => talliesOf(joined).map(({ resultHash }) => resultHash);
    expect(order([revealed(1, 5, 8, 0), revealed(2, 5, 7, 3)])).toEqual([hash(2), hash(1)]);
    expect(order([revealed(1, 5, 7, 4), revealed(2, 5, 7, 3)])).toEqual([hash(2), hash(1)]);
    // The second seat of a result makes it as large, not later.
    expect(order([revealed(1, 5, 8, 0), revealed(2, 3, 9, 0), revealed(2, 2, 7, 0)])).toEqual([hash(2), hash(1)]);
  });

  test('without a reveal is none', () => {
    expect(talliesOf([{ resultHash: null, resultReveal: null, seats: 5, effectiveStake: 5n }])).toEqual([]);
  });
});
