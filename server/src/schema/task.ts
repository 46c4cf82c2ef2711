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

const shardSchema = z.object({
  plaintextSha256: bytes32,
  samples: index,
  samplesRoot: bytes32,
  ciphertext: cid,
  keyCommitment: bytes32,
});

/** The task document as `@covey/protocol` decodes it; fields that only computations need pass through. */
export const taskDocumentSchema = z.looseObject({
  schema: z.string(),
  name: z.string(),
  description: z.string(),
  mode: z.enum(taskModes),
  architecture: z.looseObject({
    layers: z.array(z.looseObject({ type: z.string() })),
    /** What models are scored in; f32 unless given. */
    arithmetic: z.object({ type: z.string(), group: index.optional() }).optional(),
  }),
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
  /** End of the running phase, of a draw its hard end; null when only a transaction ends it. */
  phaseEndsAt: seconds.nullable(),
  openedAt: seconds,
  pool: decimal,
  /** Training nodes that joined; that committed; that revealed. */
  trainers: index,
  submissions: index,
  revealed: index,
  /** Validators that joined in the present attempt. */
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
  /** Wei: all that funders put in; what is unspent of it, and what belongs to no funder, in no open round. */
  funded: decimal,
  value: decimal,
  common: decimal,
  /** Wei that wait for the open round to close. */
  waiting: decimal,
  creationStake: decimal,
  /** Its weight in the emission as set by the DAO, 1e18 = 1, and what its rounds have earned by it. */
  multiplier: decimal,
  emitted: decimal,
  proposedAt: seconds,
  currentRound: roundSummarySchema.nullable(),
  source: sourceSchema,
});
export type TaskSummary = z.output<typeof taskSummarySchema>;

export const fundingSchema = z.object({ funder: address, amount: decimal, at: seconds, source: sourceSchema });
export type Funding = z.output<typeof fundingSchema>;

/** What can happen to a task itself. */
export const taskEvents = [
  'proposed',
  'openerNamed',
  'creationStakeRaised',
  'approved',
  'rejected',
  'stopped',
  'completed',
  'creationStakeReturned',
  'creationStakeForfeited',
  'forfeitPaid',
  'roundSettled',
  'budgetReturned',
  'commonAdded',
  'restSwept',
] as const;
export type TaskEvent = (typeof taskEvents)[number];

export const taskSchema = taskSummarySchema.extend({
  document: documentOf(taskDocumentSchema),
  terms: z.object({
    windows: windowsSchema,
    minTrainerStake: decimal,
    minValidatorStake: decimal,
    ranking: z.enum(rankings),
    /** Null where any node may train. */
    admissionRoot: bytes32.nullable(),
    /** One a round, then the final hold-out's. */
    keyCommitments: z.array(bytes32),
  }),
  /** Who may open rounds beside the creator. */
  opener: address.nullable(),
  roundList: z.array(roundSummarySchema),
  funding: z.array(fundingSchema),
  redemptions: z.array(fundingSchema),
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
