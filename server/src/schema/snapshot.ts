import { z } from 'zod';
import { address, bytes32, cid, index, seconds } from './primitives.ts';

export const snapshotStateSchema = z.enum(['pending', 'active', 'closed']);

export const snapshotVoteSchema = z.object({
  /** EIP-712 digest of the vote. */
  id: bytes32,
  /** CID of the signed message. */
  ipfs: cid,
  voter: address,
  created: seconds,
  /** As signed: an option's number (from 1), or what the voting type asks for. */
  choice: z.unknown(),
  /** Votes with 18 decimals, as Snapshot's API gives them. */
  vp: z.number(),
  reason: z.string(),
});
export type SnapshotVote = z.output<typeof snapshotVoteSchema>;

export const snapshotProposalSchema = z.object({
  id: bytes32,
  ipfs: cid,
  author: address,
  space: z.string(),
  type: z.string(),
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
  scores: z.array(z.number()),
  scoresTotal: z.number(),
  scoresState: z.enum(['pending', 'final']),
  voteCount: index,
});
export type SnapshotProposal = z.output<typeof snapshotProposalSchema>;

export const snapshotProposalDetailSchema = snapshotProposalSchema.extend({ votes: z.array(snapshotVoteSchema) });
export type SnapshotProposalDetail = z.output<typeof snapshotProposalDetailSchema>;

export const snapshotPowerSchema = z.object({ address, block: index, vp: z.number(), wei: z.string() });
