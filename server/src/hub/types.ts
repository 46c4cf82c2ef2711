import type { Choice, EnvelopeOf, ProposalType, SnapshotKind } from '@covey/governance';
import type { Address, Hex } from 'viem';
import type { SnapshotState } from '../schema/snapshot.ts';

/** A proposal as it was signed, with where it is kept. */
export interface HubProposal {
  /** EIP-712 digest of the message with which it was made, which an update does not change. */
  id: Hex;
  /** CID of the signed message with which it was made. */
  ipfs: string;
  author: Address;
  /** What holds now: the first message, with its texts and choices as the latest update has them. */
  message: EnvelopeOf<'proposal'>['message'] & { type: ProposalType };
  /** The latest update: its CID and the time that was signed. */
  updated?: { ipfs: string; at: number };
  /** A moderator marked it; pages may hide it, it counts as every other. */
  flagged: boolean;
}

export interface HubVote {
  id: Hex;
  ipfs: string;
  voter: Address;
  /** Who signed, when it was an alias of the voter. */
  alias?: Address;
  proposal: Hex;
  /** As signed, unix seconds. */
  created: number;
  /** As signed; the weights of weighted and quadratic votes are parsed. */
  choice: Choice;
  reason: string;
  app: string;
  metadata: string;
  /** Wei at the proposal's snapshot block. */
  power: bigint;
}

export interface HubScores {
  /** Wei for each choice. */
  scores: bigint[];
  total: bigint;
  state: 'pending' | 'final';
}

/** What a delegate says of itself to the space. */
export interface HubStatement {
  id: Hex;
  /** CID of the signed message. */
  ipfs: string;
  delegate: Address;
  about: string;
  /** Markdown. */
  statement: string;
  /** Name on the space's forum. */
  discourse: string;
  status: string;
  /** Snapshot's name of a network of spaces, for instance `s`. */
  network: string;
  /** As signed, unix seconds: of the first and of the latest one. */
  created: number;
  updated: number;
}

export interface HubProfile {
  ipfs: string;
  address: Address;
  created: number;
  name?: string;
  about?: string;
  avatar?: string;
  cover?: string;
  twitter?: string;
  github?: string;
  lens?: string;
  farcaster?: string;
}

/** A key that may sign for an address until it expires. */
export interface HubAlias {
  id: Hex;
  ipfs: string;
  address: Address;
  alias: Address;
  /** As signed, unix seconds. */
  created: number;
  /** Unix seconds. */
  expires: number;
}

/** Somebody who follows or subscribes to the space. */
export interface HubFollow {
  id: Hex;
  ipfs: string;
  address: Address;
  /** Empty for subscriptions. */
  network: string;
  created: number;
}

/** One accepted message in the order of acceptance. */
export interface HubMessage {
  /** Place in the order, from 1, without gaps. */
  mci: number;
  id: Hex;
  ipfs: string;
  kind: SnapshotKind;
  space: string;
  /** Who signed. */
  address: Address;
  /** As signed, unix seconds. */
  timestamp: number;
}

/**
 * What is known of a space's messages, whichever hub took them in: the embedded one or an outside one that is followed.
 * Counting is always our own.
 */
export interface HubReader {
  readonly space: string;
  /** Newest first. */
  proposals(): HubProposal[];
  proposal(id: string): HubProposal | undefined;
  /** Newest first. */
  proposalsOf(author: Address): HubProposal[];
  /** Both ends belong to the voting window, as for the plugin that makes votes binding. */
  stateOf(proposal: HubProposal): SnapshotState;
  /** Votes that count, one a voter, the strongest first. */
  votes(proposal: HubProposal): Promise<HubVote[]>;
  /** Everything that an address voted on and that counts, newest first. */
  votesOf(voter: Address): Promise<HubVote[]>;
  countOf(proposal: HubProposal): number;
  scores(proposal: HubProposal): Promise<HubScores>;
  /** Voting power in wei at a block, or at the newest past one. */
  power(address: Address, block?: number): Promise<bigint>;
  /** Latest first. */
  statements(): HubStatement[];
  statementOf(delegate: Address): HubStatement | undefined;
  profile(address: Address): HubProfile | undefined;
  profiles(): HubProfile[];
  /** Aliases that may sign for the address now. */
  aliasesOf(address: Address): HubAlias[];
  aliases(): HubAlias[];
  follows(): HubFollow[];
  subscriptions(): HubFollow[];
  /** In the order in which they were accepted. */
  messages(): readonly HubMessage[];
}
