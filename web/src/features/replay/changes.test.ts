import { expect, it } from 'vitest';
import { policyChangesOf } from './changes.ts';

const change = (param: string, newValue: string) => ({
  ...{ param, newValue, unit: 'ratio' as const, oldValue: '0', min: '0', max: '9', withinBounds: true },
});

it('takes the last value of a number that is set twice, whatever call sets it', () => {
  expect(
    policyChangesOf([
      { policyChanges: [change('roundFee', '1'), change('rankRatio', '2')] },
      { policyChanges: [] },
      { policyChanges: [change('roundFee', '3')] },
    ]),
  ).toEqual([
    { param: 'roundFee', value: 3n },
    { param: 'rankRatio', value: 2n },
  ]);
});
