import type { Address, Hex } from 'viem';
import type { ParamName } from '@covey/contracts/abi/enums';
import { valueRow } from '../../values/registry.ts';
import type { onChainValues, ValueId } from '../../values/registry.ts';
import type { ValueUnit } from '../../values/unit.ts';
import type { PermissionSetting } from '../permission.ts';

/** What a field holds once its text has been read. */
export interface FieldTypes {
  /** Any account. In the text a contract of the deployment may stand by its name. */
  address: Address;
  /** One of `options`: names of contracts of the deployment. */
  contract: string;
  /** Wei, written in whole tokens with decimals, or as `10wei`. */
  amount: bigint;
  /** The smallest units of a token whose decimals are not known here. */
  units: bigint;
  /** Scaled by 1e18, written as a decimal: 0.25. */
  ratio: bigint;
  /** Parts of a million, written as a decimal: 0.25. */
  ppm: bigint;
  /** A length of time, written as 3600 or 90m, 12h, 7d. */
  seconds: bigint;
  /** A moment in unix seconds, written so or as an ISO date with its zone. */
  time: bigint;
  count: bigint;
  /** A number that names a thing: a task, a round, a slash case, an NFT. */
  id: bigint;
  cid: string;
  /** `ipfs://…` and the like. */
  uri: string;
  /** 32 bytes. */
  hash: Hex;
  bytes: Hex;
  bytes4: Hex;
  text: string;
  /** One of `options`. */
  choice: string;
  flag: boolean;
  param: ParamName;
  /** In the unit of the policy number that the field `param` names, and inside that number's bounds. */
  policyValue: bigint;
  /** Id of a permission, written as one of `options` or as 32 bytes. */
  permission: Hex;
  /** JSON: what a plugin's setup asks for, [{operation, where, who, condition, permission}]. */
  permissions: readonly PermissionSetting[];
  /** A human-readable ABI signature: `function pause(uint40 until)`. */
  signature: string;
  /** JSON: the arguments of the signature in their order; integers may be strings. */
  arguments: readonly unknown[];
}

export type FieldType = keyof FieldTypes;
export type FieldValue = FieldTypes[FieldType];

interface FieldRules {
  /** Inclusive, in the unit of the value. */
  min?: bigint;
  max?: bigint;
  /** Left out, `build` finds the value itself or does without. */
  optional?: boolean;
  /** What may be chosen; of `permission` a suggestion. */
  options?: readonly string[];
  /** The value on chain that it sets: what it holds now can be read. */
  governs?: ValueId;
}

export interface FieldSpec extends FieldRules {
  type: FieldType;
}

/** One input of a form: data only, so that a page can draw it and a command line explain it. */
export interface FormField extends FieldRules {
  name: string;
  type: FieldType;
  unit: FieldUnit;
}

/** `none`: it is no number, or one that names a thing. */
export type FieldUnit = ValueUnit | 'none';

const units: Partial<Record<FieldType, FieldUnit>> = {
  amount: 'wei',
  units: 'units',
  ratio: 'ratio',
  ppm: 'ppm',
  seconds: 'seconds',
  time: 'time',
  count: 'count',
  policyValue: 'policy',
};

export const unitOf = ({ type, governs }: FieldSpec): FieldUnit =>
  units[type] === undefined || governs === undefined ? (units[type] ?? 'none') : valueRow(governs).unit;

/** How values of a unit are asked for. */
const typeOfUnit = {
  wei: 'amount',
  ratio: 'ratio',
  ppm: 'ppm',
  seconds: 'seconds',
  blocks: 'count',
  state: 'choice',
} as const satisfies Partial<Record<ValueUnit, FieldType>>;

type GovernedType<I extends ValueId> = (typeof typeOfUnit)[(typeof onChainValues)[I]['unit'] & keyof typeof typeOfUnit];

/** A field that sets a value of the registry: in its unit, inside its bounds. */
export function governed<const I extends ValueId>(
  id: I,
): { type: GovernedType<I>; governs: I } & Pick<FieldRules, 'min' | 'max' | 'options'> {
  const { unit, min, max, names } = valueRow(id);
  return {
    type: typeOfUnit[unit as keyof typeof typeOfUnit] as GovernedType<I>,
    governs: id,
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(names && { options: names }),
  };
}
