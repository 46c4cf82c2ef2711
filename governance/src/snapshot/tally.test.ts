import type { CoveyError } from '@covey/errors';
import fc from 'fast-check';
import { snapshotJs } from '../testing/snapshot-js.ts';
import { expect, test } from 'vitest';
import type { Choice } from './choice.ts';
import { tally } from './tally.ts';
import { proposalTypes } from './proposal-types.ts';
import type { ProposalType } from './proposal-types.ts';

const choices = ['Yes', 'No', 'Maybe', 'Later'];

test('counts single-choice and basic votes to the wei', () => {
  const wei = 10n ** 27n + 1n; // not exact as a double
  const votes = [
    { choice: 1, power: wei },
    { choice: 2, power: 5n },
    { choice: 1, power: 1n },
  ];
  const expected = { scores: [wei + 1n, 5n, 0n, 0n], total: wei + 6n };
  expect(tally({ type: 'single-choice', choices, votes })).toEqual(expected);
  expect(tally({ type: 'basic', choices, votes })).toEqual(expected);
});

const one = fc.integer({ min: 1, max: choices.length });
const weight = fc.oneof(fc.nat(100), fc.constantFrom(0.5, 0.1, 33.3, 1e-7, 1e9));
const weights = fc
  .dictionary(one.map(String), weight, { minKeys: 1 })
  .filter((choice) => Object.values(choice).some((value) => value > 0));
const choiceOf: Record<ProposalType, fc.Arbitrary<Choice>> = {
  'single-choice': one,
  basic: one,
  approval: fc.uniqueArray(one),
  'ranked-choice': fc.shuffledSubarray([1, 2, 3, 4], { minLength: 4 }),
  weighted: weights,
  quadratic: weights,
};

test.each(proposalTypes)('agrees with snapshot.js on %s proposals', (type) => {
  // Few powers, so that choices tie often.
  const power = fc.oneof(fc.nat(3), fc.nat(1_000_000));
  const votes = fc.array(fc.record({ choice: choiceOf[type], power }));
  const wei = 10n ** 18n;
  fc.assert(
    fc.property(votes, (cast) => {
      const theirs = new snapshotJs.utils.voting[type](
        { choices } as never,
        cast.map((v) => ({ choice: v.choice, balance: v.power, scores: [v.power] })) as never,
        [{}] as never,
        1 as never,
      );
      const ours = tally({
        type,
        choices,
        votes: cast.map((v) => ({ choice: v.choice, power: BigInt(v.power) * wei })),
      });
      const scores = ours.scores.map((score) => Number(score / wei) + Number(score % wei) / 1e18);
      // Theirs gives NaN where nobody has any power.
      const expected = theirs.getScores().map((score) => (Number.isNaN(score) ? 0 : score));
      const whole = type !== 'weighted' && type !== 'quadratic';
      scores.forEach((score, index) => {
        const their = expected[index] ?? Number.NaN;
        if (whole) expect(score).toBe(their);
        else expect(Math.abs(score - their)).toBeLessThanOrEqual(1e-9 * Math.max(1, their));
      });
      expect(Number(ours.total / wei)).toBe(theirs.getScoresTotal());
    }),
    { numRuns: 300, seed: 20_261_122 },
  );
});

test.each(proposalTypes)('the order of %s votes changes nothing, and no more is given out than was cast', (type) => {
  const votes = fc.array(fc.record({ choice: choiceOf[type], power: fc.bigInt({ min: 0n, max: 10n ** 28n }) }));
  fc.assert(
    fc.property(votes, (cast) => {
      const counted = tally({ type, choices, votes: cast });
      expect(tally({ type, choices, votes: [...cast].reverse() })).toEqual(counted);
      const sum = counted.scores.reduce((a, b) => a + b, 0n);
      if (type === 'single-choice' || type === 'basic' || type === 'ranked-choice') expect(sum).toBe(counted.total);
      // Less than a wei is lost for each share that is rounded down.
      if (type === 'weighted' || type === 'quadratic') {
        expect(sum <= counted.total).toBe(true);
        expect(counted.total - sum <= BigInt(choices.length * Math.max(1, cast.length))).toBe(true);
      }
    }),
    { numRuns: 100, seed: 4 },
  );
});

test('a runoff strikes the weakest; of equals the lowest number', () => {
  const votes = [
    { choice: [1, 3, 2, 4], power: 40n },
    { choice: [2, 3, 1, 4], power: 35n },
    { choice: [3, 2, 1, 4], power: 25n },
  ];
  expect(tally({ type: 'ranked-choice', choices, votes }).scores).toEqual([40n, 60n, 0n, 0n]);
  const tied = [
    { choice: [1, 3, 2, 4], power: 1n },
    { choice: [2, 3, 1, 4], power: 1n },
    { choice: [3, 2, 1, 4], power: 1n },
  ];
  expect(tally({ type: 'ranked-choice', choices, votes: tied }).scores).toEqual([0n, 1n, 2n, 0n]);
});

test('shares that are whole are exact, also of decimals that no double holds', () => {
  const votes = [{ choice: '{"1":0.1,"2":0.2,"4":0.7}', power: 10n ** 28n + 10n }];
  const { scores } = tally({ type: 'weighted', choices, votes });
  expect(scores).toEqual([10n ** 27n + 1n, 2n * 10n ** 27n + 2n, 0n, 7n * 10n ** 27n + 7n]);
  expect(tally({ type: 'quadratic', choices, votes: [{ choice: { 1: 1, 2: 1 }, power: 10n }] }).scores).toEqual([
    5n,
    5n,
    0n,
    0n,
  ]);
});

const refuses = (type: ProposalType, choice: unknown) =>
  expect(() => tally({ type, choices, votes: [{ choice: choice as number, power: 1n }] })).toThrowError(
    expect.objectContaining({ code: 'GOV_CHOICE_INVALID' }) as CoveyError,
  );

test.each([0, 5, 1.5, '1', [1], null])('refuses the choice %j', (choice) => refuses('basic', choice));
test.each([[[1, 1]], [[0]], [[5]], [1]])('refuses the approval %j', (choice) => refuses('approval', choice));
test.each([[[1, 2, 3]], [[1, 2, 3, 3]], [[1, 2, 3, 5]], [[]], [1]])('refuses the ranking %j', (choice) =>
  refuses('ranked-choice', choice),
);
test.each(['{}', '{"5":1}', '{"0":1}', '{"01":1}', '{"1":-1}', '{"1":0}', '{"1":1e999}', '{"1":"1"}', '[1]', '1', 'x'])(
  'refuses the weights %s',
  (choice) => {
    refuses('weighted', choice);
    refuses('quadratic', choice);
  },
);
