import type { Address, Hex } from 'viem';
import type { ContractName } from '@covey/contracts/abi';
import type { ParamName } from '@covey/contracts/abi/enums';
import type { ValueUnit } from '../values/unit.ts';
import type { Change } from './changes/change.ts';
import type { DecodedPermission } from './decoded-permission.ts';
import type { StandardName } from './standards.ts';

export interface DecodedArgument {
  name: string;
  /** Solidity type. */
  type: string;
  value: unknown;
  /** What the value is known as: a contract of this Covey, a permission, or a kind of custodian. */
  label?: string;
}

export interface Decoded {
  to: Address;
  /** Wei of the chain's own coin that the call sends along. */
  value: bigint;
  data: Hex;
  /** The contract of this Covey that is called; undefined for any other address. */
  contract?: ContractName;
  /** What `to` is known as. */
  label?: string;
  /** The execution goes on when it fails: everything else holds, and nobody is told but by an event. */
  mayFail?: true;
  /** From what to what, with the state on chain; only `decodeActions` asks for it. */
  changes?: Change[];
}

/** A governed number, with its hard bounds in code. */
export interface PolicyChange {
  param: ParamName;
  unit: ValueUnit;
  oldValue: bigint;
  newValue: bigint;
  min: bigint;
  max: bigint;
  /** False when executing will fail. */
  withinBounds: boolean;
}

export interface ScorerChange {
  oldScorer: Hex;
  newScorer: Hex;
}

/** A call whose meaning is known: a function of a contract of this Covey or of a standard, and exactly its arguments. */
export interface DecodedCall extends Omit<Decoded, 'contract'> {
  kind: 'call';
  /** A standard's name says how the call is written, not that the contract keeps to it. */
  contract: ContractName | StandardName;
  function: string;
  args: DecodedArgument[];
  /** Every permission that the call grants or revokes, those of a plugin's setup included. */
  permissions: DecodedPermission[];
  /** Calls made inside this one, decoded the same way. */
  calls: DecodedAction[];
  /** For `policy.set`: the same as in `changes`, by parameter. */
  policyChanges?: PolicyChange[];
  /** For `policy.setScorer`. */
  scorerChange?: ScorerChange;
}

/** Coins sent without calling anything. */
export interface DecodedPayment extends Decoded {
  kind: 'payment';
}

/** A call that cannot be read. It is never left out: whoever votes must see that it is there. */
export interface DecodedRaw extends Decoded {
  kind: 'raw';
  /** The first four bytes, which name the function. */
  selector?: Hex;
}

export type DecodedAction = DecodedCall | DecodedPayment | DecodedRaw;

/** Calls in the order in which they are made, those inside others after the one that makes them. */
export const flattenActions = (actions: readonly DecodedAction[]): DecodedAction[] =>
  actions.flatMap((action) => [action, ...(action.kind === 'call' ? flattenActions(action.calls) : [])]);
