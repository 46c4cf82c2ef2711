import { caseStates, reasons } from '@covey/contracts/abi/enums';
import { z } from 'zod';
import { address, cid, decimal, index, seconds, sourceSchema } from './primitives.ts';

export const slashReasonSchema = z.enum(reasons);
export const slashStateSchema = z.enum(caseStates).exclude(['none']);

export const slashCaseSchema = z.object({
  id: decimal,
  taskId: decimal,
  round: index,
  target: address,
  reporter: address,
  reason: slashReasonSchema,
  state: slashStateSchema,
  /** Part of the target's pool as the round opened, scaled by 1e18. */
  ratio: decimal,
  /** Wei. */
  amount: decimal,
  evidenceCid: cid,
  openedAt: seconds,
  appealEnd: seconds,
  /** What the target's pool lost. */
  execution: z.object({ taken: decimal, at: seconds, source: sourceSchema }).nullable(),
  /** What has been collected of it from the pool's positions so far, and who got it. */
  collected: decimal,
  toTask: decimal,
  toTreasury: decimal,
  toReporter: decimal,
  overturned: z.object({ at: seconds, source: sourceSchema }).nullable(),
  source: sourceSchema,
});
export type SlashCase = z.output<typeof slashCaseSchema>;
