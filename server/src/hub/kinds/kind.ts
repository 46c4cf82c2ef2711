import type { SnapshotKind, SnapshotMessage } from '@covey/governance';
import type { Address, Hex } from 'viem';
import { serverError } from '../../errors.ts';
import type { HubState } from '../state.ts';

/** What rules may ask when they decide on a message. */
export interface CheckContext {
  state: HubState;
  space: string;
  chainId: number;
  /** Accounts that may flag proposals; checksummed. */
  moderators: readonly Address[];
  /** The chain's time in seconds: voting windows are held to it, so that they agree with everything on chain. */
  now(): number;
  /** Number of the chain's newest block. */
  head(): number;
  /** Wei of votes of an address at a past block. */
  power(address: Address, block: number): Promise<bigint>;
  /** Whether the address has any of the token, or any of its votes. */
  isHolder(address: Address): Promise<boolean>;
  /** The space that a SnapshotVoting plugin counts for; undefined when there is no such plugin at the address. */
  pluginSpace(plugin: Address): Promise<string | undefined>;
}

/** A message with what was found out about it: its id, its place on IPFS, and for votes their power. */
export interface Taken<kind extends SnapshotKind> {
  id: Hex;
  ipfs: string;
  /** Who signed: the sender or an alias of it. */
  signer: Address;
  /** In whose name: checksummed. */
  from: Address;
  message: { [one in kind]: SnapshotMessage<one> }[kind];
  /** Wei; unknown for votes that come without it. */
  power?: bigint | undefined;
}

/** The rules of one kind of message. */
export interface Kind<kind extends SnapshotKind> {
  /** Whether an alias may sign it for its sender. */
  alias: boolean;
  /** Refuses what this hub does not take; a vote's power in wei is found on the way. */
  check(taken: Omit<Taken<kind>, 'ipfs'>, context: CheckContext): Promise<bigint | void> | void;
  /**
   * Writes down what an accepted message says. Also for messages that another hub accepted: what cannot be meant (a vote
   * on nothing, an update by a stranger) changes nothing.
   */
  apply(taken: Taken<kind>, state: HubState): void;
}

/** Refuses what a client posted, in Snapshot's error shape. First Snapshot's own words, then what helps. */
export function refuse(description: string): never {
  throw serverError('HUB_INVALID', description);
}

export async function requireHolder(from: Address, context: CheckContext): Promise<void> {
  if (!(await context.isHolder(from)))
    refuse('validation failed: only accounts with tokens, or with votes of others, can write to this space');
}
