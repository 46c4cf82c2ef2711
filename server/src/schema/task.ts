import { roundPhases, taskStates, voidReasons } from '@covey/contracts/abi/enums';
import { windowNames } from '@covey/contracts/abi/structs';
import { rankings, taskModes } from '@covey/protocol/modes';
import { z } from 'zod';
import {
  address,
  bytes32,
  cid,
  decimal,
  documentOf,
  documentStatusSchema,
  index,
  seconds,
  sourceSchema,
} from './primitives.ts';

export const taskStateSchema = z.enum(taskStates).exclude(['none']);
export const roundPhaseSchema = z.enum(roundPhases).exclude(['none']);
export const voidReasonSchema = z.enum(voidReasons);
export type TaskState = z.output<typeof taskStateSchema>;
export type RoundPhase = z.output<typeof roundPhaseSchema>;

/** Seconds. */
export const windowsSchema = z.record(z.enum(windowNames), index);

const shardSchema = z.object({ plaintextSha256: bytes32, ciphertext: cid, keyCommitment: bytes32 });

/** The task document as `@covey/protocol` decodes it; fields that only computations need pass through. */
export const taskDocumentSchema = z.looseObject({
  schema: z.string(),
  name: z.string(),
  description: z.string(),
  mode: z.enum(taskModes),
  architecture: z.looseObject({ layers: z.array(z.looseObject({ type: z.string() })) }),
  initialModel: cid,
  ranking: z.enum(rankings),
  aggregation: z.looseObject({ rule: z.string() }),
  rounds: index,
  validation: z.looseObject({ shards: z.array(shardSchema), holdout: shardSchema }),
});
export type TaskDocumentWire = z.output<typeof taskDocumentSchema>;

/** One round in a list. */
export const roundSummarySchema = z.object({
  taskId: decimal,
  round: index,
  phase: roundPhaseSchema,
  /** End of the running phase; null when only a transaction ends it. */
  phaseEndsAt: seconds.nullable(),
  openedAt: seconds,
  pool: decimal,
  submissions: index,
  revealed: index,
  validators: index,
  acceptedHash: bytes32.nullable(),
  /** Result document and model of the accepted result. */
  resultCid: cid.nullable(),
  modelCid: cid.nullable(),
  voidReason: voidReasonSchema.nullable(),
  source: sourceSchema,
});
export type RoundSummary = z.output<typeof roundSummarySchema>;

export const taskSummarySchema = z.object({
  id: decimal,
  state: taskStateSchema,
  creator: address,
  /** From the document; null while it is pending or when it is bad. */
  name: z.string().nullable(),
  mode: z.enum(taskModes).nullable(),
  documentCid: cid,
  documentStatus: documentStatusSchema,
  rounds: index,
  roundsOpened: index,
  roundsClosed: index,
  /** Wei: all that came in, and what is left for rounds to come. */
  funded: decimal,
  budget: decimal,
  creationStake: decimal,
  /** Its weight in the daily emission as set by the DAO (1e18 = 1) and as of its last sync, and what that brought. */
  multiplier: decimal,
  emissionWeight: decimal,
  emitted: decimal,
  proposedAt: seconds,
  currentRound: roundSummarySchema.nullable(),
  source: sourceSchema,
});
export type TaskSummary = z.output<typeof taskSummarySchema>;

/** What happens to a task itself. */
export const taskEvents = [
  'proposed',
  'approved',
  'rejected',
  'stopped',
  'completed',
  'creationStakeReturned',
  'creationStakeForfeited',
  'forfeitPaid',
  'budgetReturned',
  'emissionPaid',
  'restSwept',
] as const;
export type TaskEvent = (typeof taskEvents)[number];

export const fundingSchema = z.object({ funder: address, amount: decimal, at: seconds, source: sourceSchema });
export type Funding = z.output<typeof fundingSchema>;

export const taskSchema = taskSummarySchema.extend({
  document: documentOf(taskDocumentSchema),
  terms: z.object({
    windows: windowsSchema,
    minTrainerStake: decimal,
    minValidatorStake: decimal,
    /** One a round, then the final hold-out's. */
    keyCommitments: z.array(bytes32),
  }),
  roundList: z.array(roundSummarySchema),
  funding: z.array(fundingSchema),
  refunds: z.array(fundingSchema),
  /** What happened to the task itself, oldest first. */
  history: z.array(
    z.object({
      event: z.enum(taskEvents),
      amount: decimal.nullable(),
      at: seconds,
      source: sourceSchema,
    }),
  ),
  holdoutKey: bytes32.nullable(),
  /** The base model that the next round starts from, or the final one. */
  currentModel: cid.nullable(),
  /** Proposals that act on this task. */
  proposals: z.array(decimal),
  listings: z.array(decimal),
});
export type Task = z.output<typeof taskSchema>;
