import { params } from '@covey/contracts/abi/enums';
import { describe, expect, it } from 'vitest';
import { policyFromValues, policyToValues } from './policy.ts';

describe('policy', () => {
  it('goes from the values of the contract and back', () => {
    const values = params.map((_, i) => BigInt(i));
    expect(policyFromValues(values).unlockRatio).toBe(6n);
    expect(policyToValues(policyFromValues(values))).toEqual(values);
  });

  it('refuses another number of values', () => {
    expect(() => policyFromValues([1n])).toThrowError(expect.objectContaining({ code: 'PROTOCOL_INVALID_ARGUMENT' }));
  });
});
