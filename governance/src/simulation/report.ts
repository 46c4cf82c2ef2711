import type { ValueName } from '../values/registry.ts';
import type { ValueUnit } from '../values/unit.ts';
import type { Address, Hex } from 'viem';
import type { ContractName } from '@covey/contracts/abi';

/** Plain data: what a contract says as a bigint is here a decimal string. Long strings are cut, and say so. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** An error with which a call failed, as far as it can be named. */
export interface SimulatedError {
  /** For people: `ValueOutOfBounds(0, 10, 0, 5)`, or what happened in words. */
  reason: string;
  /** Name of the contract's own error; absent where nobody here knows it. */
  error?: string;
  args?: readonly Json[];
}

/** Why the execution would undo everything. */
export interface SimulationFailure extends SimulatedError {
  /** The action that fails; absent when the execution fails as a whole. */
  index?: number;
  /** Where the failing action itself makes another executor run actions: which one of those fails, outermost first. */
  nested?: readonly { executor: Address; index: number; to: Address }[];
}

export interface SimulatedLog {
  /** An event that a contract wrote, bytes that cannot be read as one, or coins that moved. */
  kind: 'event' | 'raw' | 'coins';
  address: Address;
  /** The contract of this Covey that wrote it; absent for any other. Events of others are read by common shapes only. */
  contract?: ContractName;
  event?: string;
  args?: { readonly [name: string]: Json };
  topics?: readonly Hex[];
  data?: string;
}

/**
 * `done`: its effects hold. `failed`: undid itself, and unless failing was allowed (`allowFailureMap`) everything.
 * `undone`: worked, but a later action fails. `notReached`: an earlier one fails.
 */
export type SimulatedCallStatus = 'done' | 'failed' | 'undone' | 'notReached';

export interface SimulatedCall {
  index: number;
  /** Shorthand for status `done`. */
  ok: boolean;
  status: SimulatedCallStatus;
  to: Address;
  contract?: ContractName;
  /** Why, where the action failed. */
  failure?: SimulatedError;
  /** In their order; empty where nothing of the action lasts. */
  logs: readonly SimulatedLog[];
}

/** Of one account, in units of 1e-18 for COVEY and coins, in the token's own unit otherwise; decimal strings. */
export interface BalanceChange {
  account: Address;
  /** The contract of this Covey that the account is. */
  contract?: ContractName;
  asset: 'COVEY' | 'coin' | Address;
  before: string;
  after: string;
}

/** A value that reads differently after the execution, from a view of a contract of this Covey. */
export interface StateChange {
  contract: ContractName;
  address: Address;
  /** What it is: `policy.roundFee`, `task.state`, `permission`, `voting.minDuration`, … */
  what: ValueName;
  /** How it is written; integers are decimal strings. */
  unit: ValueUnit;
  /** Which one: the task, the slash case, who may do what where. */
  subject: { readonly [name: string]: Json };
  before: Json;
  after: Json;
  /** Policy values: unix seconds from which the new value holds, for rounds that open then. */
  effectiveAt?: number;
  /** Hands over power over the DAO, its money or its code: whoever votes has to look at it. */
  dangerous?: true;
}

/** Raw storage of a contract that is none of this Covey's. */
export interface StorageChange {
  address: Address;
  /** The execution created it. */
  created?: true;
  slots: readonly { slot: Hex; before: Hex; after: Hex }[];
  /** Slots that are not listed. */
  more: number;
}

export type SimulationNote =
  /** The node has no `eth_simulateV1`, or too much to say: only success or reason are known, no events, balances or state. */
  | { code: 'REDUCED'; detail: string }
  /** The node gives no storage differences (`debug_traceCall` with a prestate tracer). */
  | { code: 'NO_STORAGE_DIFF'; detail: string }
  /** Something was left out because there is too much of it. */
  | { code: 'CUT'; what: string; kept: number; of: number }
  /** Events are known in their order, but which action wrote which is not. */
  | { code: 'NOT_ATTRIBUTED'; detail: string }
  /** The action calls an address where there is no code: it succeeds and does nothing. */
  | { code: 'NO_CODE'; index: number }
  /** A contract that is none of this Covey's is called: what it does another time may differ. */
  | { code: 'UNKNOWN_CONTRACT'; index: number };

/** What executing the actions would do, on the state of `block`, and would happen at `at`. */
export interface SimulationReport {
  ok: boolean;
  failure?: SimulationFailure;
  /** The execution was run on top of this block. */
  block: { number: string; hash: Hex; timestamp: number };
  /** Unix seconds at which the simulated execution happens. */
  at: number;
  from: { address: Address; contract: 'tokenVoting' | 'snapshotVoting' };
  /** Gas that the DAO's `execute` used, and how much it had. */
  gas: number;
  gasLimit: number;
  calls: readonly SimulatedCall[];
  /** Events that could not be given to an action, and those of the DAO itself after the last action. */
  logs: readonly SimulatedLog[];
  balances: readonly BalanceChange[];
  state: readonly StateChange[];
  /** Absent where the node does not offer it; `notes` says so. */
  storage?: readonly StorageChange[];
  notes: readonly SimulationNote[];
}
