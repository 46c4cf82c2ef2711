import { z } from 'zod';
import { address, cid, decimal, index, seconds, sourceSchema } from './primitives.ts';

export const slashReasonSchema = z.enum([
  'resultMismatch',
  'submissionNotRevealed',
  'resultNotRevealed',
  'submissionUnavailable',
]);
export const slashStateSchema = z.enum(['open', 'overturned', 'executed']);

export const slashCaseSchema = z.object({
  id: decimal,
  taskId: decimal,
  round: index,
  target: address,
  reporter: address,
  reason: slashReasonSchema,
  state: slashStateSchema,
  /** Part of the target's stake in the round, scaled by 1e18. */
  ratio: decimal,
  /** Wei. */
  amount: decimal,
  evidenceCid: cid,
  openedAt: seconds,
  appealEnd: seconds,
  execution: z
    .object({ taken: decimal, toTask: decimal, toReporter: decimal, at: seconds, source: sourceSchema })
    .nullable(),
  overturned: z.object({ at: seconds, source: sourceSchema }).nullable(),
  source: sourceSchema,
});
export type SlashCase = z.output<typeof slashCaseSchema>;
