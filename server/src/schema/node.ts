import { z } from 'zod';
import { address, bytes32, cid, decimal, index, seconds, sourceSchema } from './primitives.ts';
import { payoutSchema, resultRowSchema } from './round.ts';
import { slashCaseSchema } from './slash.ts';
import { roundPhaseSchema } from './task.ts';

export const nodeSummarySchema = z.object({
  address,
  /** Wei: active stake, and what waits for its cooldown. */
  staked: decimal,
  unstaking: decimal,
  /** Open slash cases; stake is frozen while there are any. */
  openCases: index,
  submissions: index,
  validations: index,
  earned: decimal,
  slashed: decimal,
  firstSeen: seconds,
  source: sourceSchema,
});
export type NodeSummary = z.output<typeof nodeSummarySchema>;

export const stakeEventSchema = z.object({
  event: z.enum(['staked', 'unstakeRequested', 'unstaked', 'frozen', 'unfrozen', 'slashed']),
  amount: decimal.nullable(),
  at: seconds,
  source: sourceSchema,
});

export const nodeSchema = nodeSummarySchema.extend({
  unstakingAvailableAt: seconds.nullable(),
  stakeHistory: z.array(stakeEventSchema),
  submissionList: z.array(
    z.object({
      taskId: decimal,
      round: index,
      phase: roundPhaseSchema,
      index,
      cid: cid.nullable(),
      counted: z.boolean().nullable(),
      result: resultRowSchema.nullable(),
      payout: payoutSchema.nullable(),
      at: seconds,
      source: sourceSchema,
    }),
  ),
  validationList: z.array(
    z.object({
      taskId: decimal,
      round: index,
      phase: roundPhaseSchema,
      resultHash: bytes32.nullable(),
      agreed: z.boolean().nullable(),
      payout: payoutSchema.nullable(),
      at: seconds,
      source: sourceSchema,
    }),
  ),
  revenue: z.array(z.object({ listingId: decimal, round: index, amount: decimal, at: seconds, source: sourceSchema })),
  slashCases: z.array(slashCaseSchema),
});
export type Node = z.output<typeof nodeSchema>;
