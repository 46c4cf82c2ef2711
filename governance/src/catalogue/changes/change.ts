import type { Address, Hex } from 'viem';
import type { ValueId } from '../../values/registry.ts';
import type { ValueUnit } from '../../values/unit.ts';

/** What a call changes; together with `about` it names one value on chain. */
export type ChangeSubject = ValueId;
export type ChangeUnit = ValueUnit;

export type ChangeValue = bigint | string | boolean | Address | Hex;

/** Which one: the task, the permission, the token. */
export interface ChangeTopic {
  name: string;
  value: string;
  /** What an address or a permission is known as. */
  label?: string;
}

/** One value on chain, from what to what. */
export interface Change {
  what: ChangeSubject;
  about: ChangeTopic[];
  unit: ChangeUnit;
  /** At the block that was asked for, or what an earlier call of the list makes of it; null where there is none to read. */
  oldValue: ChangeValue | null;
  /** Null where nobody can tell before it happens. */
  newValue: ChangeValue | null;
  /** Hard bounds in code, for numbers of the policy. */
  min?: bigint;
  max?: bigint;
  /** False when executing will fail: by these bounds, or by other numbers that this one has to fit. */
  withinBounds?: boolean;
}
