import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { paramNames, policyFromValues, policyToValues } from './policy.ts';

describe('policy', () => {
  it('names the numbers in the order of the contract', () => {
    const source = readFileSync(new URL('../../contracts/src/interfaces/IPolicy.sol', import.meta.url), 'utf8');
    const body = /enum Param \{([^}]*)\}/.exec(source)?.[1] ?? '';
    const names = body.split(',').map((name) => name.trim());
    expect(paramNames).toEqual(names.map((name) => name.charAt(0).toLowerCase() + name.slice(1)));
  });

  it('goes from the values of the contract and back', () => {
    const values = paramNames.map((_, i) => BigInt(i));
    expect(policyFromValues(values).unlockRatio).toBe(5n);
    expect(policyToValues(policyFromValues(values))).toEqual(values);
  });

  it('refuses another number of values', () => {
    expect(() => policyFromValues([1n])).toThrowError(expect.objectContaining({ code: 'PROTOCOL_INVALID_ARGUMENT' }));
  });
});
