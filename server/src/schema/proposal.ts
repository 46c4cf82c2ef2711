import { castOptions, proposalStates, votingModes } from '@covey/governance/voting-settings';
import { z } from 'zod';
import { decodedActionSchema } from './action.ts';
import {
  address,
  cid,
  decimal,
  documentErrorSchema,
  documentStatusSchema,
  index,
  seconds,
  sourceSchema,
} from './primitives.ts';

/** TokenVoting's state, derived from tally, settings and the chain's time. */
export const proposalStateSchema = z.enum(proposalStates);
export const voteOptionSchema = z.enum(castOptions);
export type ProposalState = z.output<typeof proposalStateSchema>;
export type VoteOption = z.output<typeof voteOptionSchema>;

export const tallySchema = z.object({ abstain: decimal, yes: decimal, no: decimal });
export type Tally = z.output<typeof tallySchema>;

export const proposalSummarySchema = z.object({
  id: decimal,
  creator: address,
  state: proposalStateSchema,
  title: z.string().nullable(),
  summary: z.string().nullable(),
  startDate: seconds,
  endDate: seconds,
  createdAt: seconds,
  tally: tallySchema,
  /** Names of the actions' kinds. */
  kinds: z.array(z.string()),
  source: sourceSchema,
});
export type ProposalSummary = z.output<typeof proposalSummarySchema>;

export const voteSchema = z.object({
  voter: address,
  option: voteOptionSchema,
  votingPower: decimal,
  at: seconds,
  source: sourceSchema,
});
export type Vote = z.output<typeof voteSchema>;

export const proposalSchema = proposalSummarySchema.extend({
  metadata: z.object({
    /** What the chain holds: normally ipfs://<cid>. */
    uri: z.string(),
    cid: cid.nullable(),
    status: documentStatusSchema,
    error: documentErrorSchema.nullable(),
    title: z.string().nullable(),
    summary: z.string().nullable(),
    /** Markdown. */
    description: z.string().nullable(),
    resources: z.array(z.object({ name: z.string(), url: z.string() })),
  }),
  parameters: z.object({
    votingMode: z.enum(votingModes),
    /** In parts of 1,000,000: yes must be more than this part of yes and no. */
    supportThreshold: index,
    snapshotBlock: index,
    /** Wei of all votes that participation needs. */
    minVotingPower: decimal,
  }),
  totalVotingPower: decimal,
  /** Whether yes has more than the threshold, and whether enough took part, with the votes so far. */
  supported: z.boolean(),
  participated: z.boolean(),
  /** How it can be executed. TokenVoting knows no delay and no end: from then on, for ever. */
  execution: z.object({
    /** Now. */
    possible: z.boolean(),
    by: z.literal('anyone'),
    /** When voting ends; with early execution possible before, as soon as no vote can change the outcome. */
    from: seconds,
    delay: index,
    until: seconds.nullable(),
  }),
  actions: z.array(decodedActionSchema),
  votes: z.array(voteSchema),
  executed: z.object({ at: seconds, source: sourceSchema }).nullable(),
});
export type Proposal = z.output<typeof proposalSchema>;
