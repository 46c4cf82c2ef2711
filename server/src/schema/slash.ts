import { caseStates, reasons } from '@covey/contracts/abi/enums';
import { z } from 'zod';
import { address, cid, decimal, index, seconds, sourceSchema } from './primitives.ts';

export const slashReasonSchema = z.enum(reasons);
export const slashStateSchema = z.enum(caseStates).exclude(['none']);

export const slashCaseSchema = z.object({
  id: decimal,
  taskId: decimal,
  round: index,
  /** Of a round that repeated: in which attempt. */
  attempt: index,
  target: address,
  reporter: address,
  reason: slashReasonSchema,
  state: slashStateSchema,
  /** Part of what the round held of the target's stake, scaled by 1e18. */
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
  toTreasury: decimal,
  toReporter: decimal,
  /** Who had challenged with the right result. */
  toChallenger: decimal,
  overturned: z.object({ at: seconds, source: sourceSchema }).nullable(),
  source: sourceSchema,
});
export type SlashCase = z.output<typeof slashCaseSchema>;
