import { describe, expect, it } from 'vitest';
import { parseChoice, proposalTypes } from '@covey/governance';
import { ballotOf, emptyBallot, moved, partsOf, shareOfParts, signedChoice } from './ballot.ts';
import type { Ballot } from './ballot.ts';

const filled: Record<(typeof proposalTypes)[number], { ballot: Ballot; signed: unknown }> = {
  'single-choice': { ballot: { picks: [2], parts: {} }, signed: 2 },
  basic: { ballot: { picks: [3], parts: {} }, signed: 3 },
  approval: { ballot: { picks: [3, 1], parts: {} }, signed: [1, 3] },
  'ranked-choice': { ballot: { picks: [3, 1, 2], parts: {} }, signed: [3, 1, 2] },
  weighted: { ballot: { picks: [], parts: { 1: 3, 2: 0, 3: 1 } }, signed: '{"1":3,"3":1}' },
  quadratic: { ballot: { picks: [], parts: { 2: 5 } }, signed: '{"2":5}' },
};

describe.each(proposalTypes)('%s', (type) => {
  const { ballot, signed } = filled[type];

  it('signs what the hub counts', () => {
    const choice = signedChoice(type, 3, ballot);
    expect(choice).toEqual(signed);
    expect(() => parseChoice(type, ['a', 'b', 'c'], choice)).not.toThrow();
  });

  it('shows a signed vote again as it was made', () => {
    const choice = signedChoice(type, 3, ballot);
    expect(signedChoice(type, 3, ballotOf(type, 3, choice))).toEqual(choice);
  });

  it('takes no choice that the proposal does not have', () => {
    const outside = { picks: [4], parts: { 4: 1 } };
    expect(signedChoice(type, 3, outside)).toBeUndefined();
    expect(ballotOf(type, 3, 'nonsense')).toEqual(emptyBallot(type, 3));
  });
});

it('starts without an answer, except for a ranking, which starts in the order of the proposal', () => {
  for (const type of proposalTypes) {
    expect(signedChoice(type, 3, emptyBallot(type, 3))).toEqual(type === 'ranked-choice' ? [1, 2, 3] : undefined);
  }
});

it('reads parts from text and from objects, and leaves out what is no part', () => {
  expect(partsOf('{"1":1,"2":0,"x":3}')).toEqual([[1, 1]]);
  expect(partsOf({ 2: 4, 3: -1 })).toEqual([[2, 4]]);
  for (const wrong of ['{', '[1]', 'null', 7, undefined, [1, 2]]) expect(partsOf(wrong)).toEqual([]);
});

it('divides parts into shares of their sum', () => {
  expect([1, 2, 3].map((choice) => shareOfParts({ 1: 1, 2: 3 }, choice))).toEqual([0.25, 0.75, 0]);
  expect(shareOfParts({}, 1)).toBe(0);
});

it('moves one item of a ranking and keeps the others in order', () => {
  expect(moved([1, 2, 3], 2, 0)).toEqual([3, 1, 2]);
  expect(moved([1, 2, 3], 0, 1)).toEqual([2, 1, 3]);
  expect(moved([1, 2, 3], 0, -1)).toEqual([1, 2, 3]);
  expect(moved([1, 2, 3], 2, 3)).toEqual([1, 2, 3]);
});
