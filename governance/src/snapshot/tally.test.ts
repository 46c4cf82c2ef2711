import fc from 'fast-check';
import { snapshotJs } from '../testing/snapshotJs.ts';
import { expect, test } from 'vitest';
import type { GovernanceError } from '../errors.ts';
import { tally } from './tally.ts';

const choices = ['Yes', 'No', 'Maybe'];

test('counts single-choice and basic votes to the wei', () => {
  const wei = 10n ** 27n + 1n; // not exact as a double
  const votes = [
    { choice: 1, power: wei },
    { choice: 2, power: 5n },
    { choice: 1, power: 1n },
  ];
  expect(tally({ type: 'single-choice', choices, votes })).toEqual({ scores: [wei + 1n, 5n, 0n], total: wei + 6n });
  expect(tally({ type: 'basic', choices, votes })).toEqual({ scores: [wei + 1n, 5n, 0n], total: wei + 6n });
});

test.each(['single-choice', 'basic', 'approval'] as const)('agrees with snapshot.js on %s proposals', (type) => {
  const one = fc.integer({ min: 1, max: choices.length });
  const choice = type === 'approval' ? fc.uniqueArray(one) : one;
  const votes = fc.array(fc.record({ choice, power: fc.nat(1_000_000) }));
  fc.assert(
    fc.property(votes, (cast) => {
      const theirs = new snapshotJs.utils.voting[type](
        { choices } as never,
        cast.map((v) => ({ choice: v.choice, balance: v.power, scores: [v.power] })) as never,
        [{}] as never,
        1 as never,
      );
      const ours = tally({ type, choices, votes: cast.map((v) => ({ choice: v.choice, power: BigInt(v.power) })) });
      expect(ours.scores.map(Number)).toEqual(theirs.getScores());
      expect(Number(ours.total)).toBe(theirs.getScoresTotal());
    }),
    { numRuns: 50 },
  );
});

test.each([0, 4, 1.5, '1', [1], null])('refuses the choice %j', (choice) => {
  const votes = [{ choice: choice as number, power: 1n }];
  expect(() => tally({ type: 'basic', choices, votes })).toThrowError(
    expect.objectContaining({ code: 'GOV_CHOICE_INVALID' }) as GovernanceError,
  );
});

test.each([[[1, 1]], [[0]], [[4]], [1]])('refuses the approval %j', (choice) => {
  expect(() => tally({ type: 'approval', choices, votes: [{ choice: choice as number[], power: 1n }] })).toThrowError(
    expect.objectContaining({ code: 'GOV_CHOICE_INVALID' }) as GovernanceError,
  );
});

test.each(['weighted', 'quadratic', 'ranked-choice'] as const)(
  'says that %s is not counted, even without votes',
  (type) => {
    expect(() => tally({ type, choices, votes: [] })).toThrowError(
      expect.objectContaining({ code: 'GOV_TALLY_UNSUPPORTED' }) as GovernanceError,
    );
  },
);
