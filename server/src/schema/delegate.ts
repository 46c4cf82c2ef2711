import { z } from 'zod';
import { bindingStateSchema } from './binding.ts';
import { address, cid, decimal, index, seconds, sourceSchema } from './primitives.ts';
import { proposalStateSchema } from './proposal.ts';
import { snapshotStateSchema } from './snapshot.ts';

/** The hub's profile of an address: texts as their owner signed them, never to be shown as markup. */
export const profileSchema = z.object({
  name: z.string().nullable(),
  about: z.string().nullable(),
  /** An `ipfs://` or `https://` address, as signed. */
  avatar: z.string().nullable(),
});
export type Profile = z.output<typeof profileSchema>;

/** What a delegate stands for, as its signed `Statement` says. */
export const statementSchema = z.object({
  about: z.string(),
  /** Markdown. */
  statement: z.string(),
  discourse: z.string(),
  /** `ACTIVE` or `INACTIVE`, as signed. */
  status: z.string(),
  /** CID of the signed message. */
  cid,
  created: seconds,
});
export type Statement = z.output<typeof statementSchema>;

export const delegateSummarySchema = z.object({
  address,
  /** Wei that it votes with now, its own and others'. */
  votingPower: decimal,
  /** Accounts with voting units that delegate to it, itself left out. */
  delegators: index,
  profile: profileSchema,
  /** The beginning of its statement. */
  statement: z.object({ excerpt: z.string(), status: z.string(), cid }).nullable(),
  /**
   * Of the proposals (TokenVoting and Snapshot) at whose snapshot block it had power, and whose voting has begun, on
   * how many it voted.
   */
  participation: z.object({ voted: index, proposals: index }),
  /** The last change of its voting power; null when it never had any. */
  source: sourceSchema.nullable(),
});
export type DelegateSummary = z.output<typeof delegateSummarySchema>;

/** `binding`: a Snapshot proposal that is registered with the plugin; `signal`: any other. */
export const votingSystemSchema = z.enum(['tokenVoting', 'signal', 'binding']);
export type VotingSystem = z.output<typeof votingSystemSchema>;

export const castVoteSchema = z.object({
  system: votingSystemSchema,
  /** A decimal number for TokenVoting, the digest for Snapshot. */
  proposalId: z.string(),
  /** Null when neither chain nor hub has its text. */
  title: z.string().nullable(),
  /** `yes`, `no` or `abstain` for TokenVoting; for Snapshot as signed. */
  choice: z.unknown(),
  /** The choice in the proposal's own words; for TokenVoting the option itself. */
  label: z.string(),
  /** Wei. */
  power: decimal,
  at: seconds,
  /** The event that counted it; null for what only the hub has. */
  source: sourceSchema.nullable(),
  /** CID of the signed message; null for what only the chain has. */
  ipfs: cid.nullable(),
});
export type CastVote = z.output<typeof castVoteSchema>;

export const writtenProposalSchema = z.object({
  system: votingSystemSchema,
  id: z.string(),
  title: z.string().nullable(),
  state: z.union([proposalStateSchema, snapshotStateSchema, bindingStateSchema]),
  at: seconds,
  source: sourceSchema.nullable(),
});

/** Lists hold at most this many entries: the largest delegators, the newest of everything else. */
export const delegateListLimit = 500;

export const delegateSchema = delegateSummarySchema.extend({
  statement: statementSchema.nullable(),
  /** Whose votes its own units are; null when they are nobody's. */
  delegatesTo: address.nullable(),
  /** Wei of its own units: liquid, staked, delegated as stake, escrowed with bonus. */
  units: decimal,
  /** Whether it is a node here too: then `/nodes/:address` knows more. */
  isNode: z.boolean(),
  /** Largest first, itself included when it votes for itself. */
  delegatorList: z.array(z.object({ address, units: decimal, since: seconds, source: sourceSchema })),
  /** Wei from each block on, oldest first. */
  powerHistory: z.array(z.object({ power: decimal, at: seconds, source: sourceSchema })),
  /** Newest first. */
  history: z.array(castVoteSchema),
  votesCast: index,
  proposals: z.array(writtenProposalSchema),
});
export type Delegate = z.output<typeof delegateSchema>;
