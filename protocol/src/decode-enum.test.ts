import * as enums from '@covey/contracts/abi/enums';
import { reasons, roundPhases } from '@covey/contracts/abi/enums';
import { describe, expect, it } from 'vitest';
import { decodeEnum } from './decode-enum.ts';

describe('numbers of Solidity enums', () => {
  it.each(Object.entries(enums))('%s decode to their names', (_, names) => {
    expect(names.map((_, number) => decodeEnum<string>(names, number))).toEqual(names);
  });

  it.each([-1, 0.5, reasons.length, 255, Number.NaN])('%s is no reason', (value) => {
    expect(() => decodeEnum(reasons, value)).toThrowError(
      expect.objectContaining({ code: 'PROTOCOL_UNKNOWN_ENUM', got: String(value) }),
    );
  });

  it('says which names it has', () => {
    expect(() => decodeEnum(roundPhases, 17)).toThrowError(/0 none, 1 join.*16 void/s);
  });
});
