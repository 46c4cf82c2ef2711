import type { Address, Hex } from 'viem';
import type { HubAlias, HubFollow, HubMessage, HubProfile, HubProposal, HubStatement, HubVote } from './types.ts';

/** Mark of a vote whose power has not been read from the chain yet. */
export const UNKNOWN_POWER = -1n;

/** Seconds for which an alias may sign, as on Snapshot's hubs. */
export const ALIAS_SECONDS = 30 * 24 * 60 * 60;

/** Everything that the accepted messages say, in memory: the log is what it is built from. */
export class HubState {
  readonly proposals = new Map<Hex, HubProposal>();
  /** Votes that count: one a voter and proposal. */
  readonly votes = new Map<Hex, Map<Address, HubVote>>();
  /** By delegate and network. */
  readonly statements = new Map<string, HubStatement>();
  readonly profiles = new Map<Address, HubProfile>();
  /** The latest of every pair of address and alias. */
  readonly aliases = new Map<string, HubAlias>();
  readonly follows = new Map<Address, HubFollow>();
  readonly subscriptions = new Map<Address, HubFollow>();
  readonly messages: HubMessage[] = [];
  readonly seen = new Set<Hex>();

  /** Puts a message at the end of the order in which they were accepted. */
  add(message: Omit<HubMessage, 'mci'>): void {
    this.seen.add(message.id);
    this.messages.push({ mci: this.messages.length + 1, ...message });
  }

  isAlias(address: Address, alias: Address, now: number): boolean {
    const held = this.aliases.get(pair(address, alias));
    return held !== undefined && now < held.expires;
  }
}

/** Key of two addresses. */
export const pair = (address: Address, other: string): string => `${address}:${other}`;
