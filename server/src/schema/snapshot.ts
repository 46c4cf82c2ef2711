import { proposalTypes } from '@covey/governance/proposal-types';
import { z } from 'zod';
import { bindingSchema, bindingSummarySchema } from './binding.ts';
import { address, bytes32, cid, decimal, hex, index, page, seconds } from './primitives.ts';

export const snapshotStateSchema = z.enum(['pending', 'active', 'closed']);
export type SnapshotState = z.output<typeof snapshotStateSchema>;

export const snapshotVoteSchema = z.object({
  /** EIP-712 digest of the vote. */
  id: bytes32,
  /** CID of the signed message. */
  ipfs: cid,
  voter: address,
  /** Who signed, when it was an alias of the voter: such votes signal, and never count on chain. */
  alias: address.nullable(),
  created: seconds,
  /**
   * As signed: an option's number (from 1), the numbers backed (approval) or in order (ranked-choice), or an object of
   * numbers and weights (weighted, quadratic).
   */
  choice: z.unknown(),
  /** Votes with 18 decimals, as Snapshot's API gives them. */
  vp: z.number(),
  /** The same in wei. */
  power: decimal,
  reason: z.string(),
});
export type SnapshotVote = z.output<typeof snapshotVoteSchema>;

export const snapshotProposalSchema = z.object({
  id: bytes32,
  ipfs: cid,
  author: address,
  space: z.string(),
  type: z.enum(proposalTypes),
  title: z.string(),
  /** Markdown. */
  body: z.string(),
  discussion: z.string(),
  choices: z.array(z.string()),
  start: seconds,
  end: seconds,
  created: seconds,
  /** Block at which voting power is counted. */
  snapshot: index,
  state: snapshotStateSchema,
  /** Votes for each choice, counted as the type counts. */
  scores: z.array(z.number()),
  scoresTotal: z.number(),
  scoresState: z.enum(['pending', 'final']),
  voteCount: index,
  /** Votes of for and against that it needs when it is bound; null when it only signals. */
  quorum: z.number().nullable(),
  /** Null for a signal. */
  binding: bindingSummarySchema.nullable(),
});
export type SnapshotProposal = z.output<typeof snapshotProposalSchema>;

export const snapshotProposalDetailSchema = snapshotProposalSchema.extend({
  votes: z.array(snapshotVoteSchema),
  /** What the message carries in `plugins`, as signed. */
  plugins: z.string(),
  binding: bindingSchema.nullable(),
});
export type SnapshotProposalDetail = z.output<typeof snapshotProposalDetailSchema>;

/** Signed votes that count on the hub, as snapshot.js posted them: whoever has them can bring them on chain. */
export const snapshotEnvelopePageSchema = page(
  z.object({
    id: bytes32,
    address,
    sig: hex,
    data: z.object({
      domain: z.record(z.string(), z.unknown()),
      types: z.record(z.string(), z.unknown()),
      message: z.record(z.string(), z.unknown()),
    }),
  }),
);
export type SnapshotEnvelopePage = z.output<typeof snapshotEnvelopePageSchema>;

export const snapshotPowerSchema = z.object({ address, block: index, vp: z.number(), wei: z.string() });
