import { z } from 'zod';
import { address, bytes32, cid, decimal, index, seconds, sourceSchema } from './primitives.ts';

/** A round that ended with a model and did not begin with it. */
const makingRoundSchema = z.object({
  taskId: decimal,
  taskName: z.string().nullable(),
  creator: address,
  round: index,
  /** The model that it began with; null while the task's document is not there. */
  baseCid: cid.nullable(),
  resultHash: bytes32,
  resultCid: cid,
  scorer: bytes32,
  /** Submissions that are paid. */
  contributors: index,
  /** When the result was accepted. */
  at: seconds,
  source: sourceSchema,
});

/**
 * Lineage as the index has it: who made a model, and what came from it. What proves it, and all else of where it comes from,
 * is the provenance document, which whoever asks makes from chain and content itself.
 */
export const modelSchema = z.object({
  cid,
  /** In the order of the chain; the first is its maker. */
  madeBy: z.array(makingRoundSchema),
  /** Tasks that begin with it. */
  startOf: z.array(z.object({ taskId: decimal, taskName: z.string() })),
  /** Rounds that began with it and made another model. */
  next: z.array(z.object({ taskId: decimal, round: index, modelCid: cid })),
  /** Listings of it. */
  listings: z.array(decimal),
});
export type Model = z.output<typeof modelSchema>;
