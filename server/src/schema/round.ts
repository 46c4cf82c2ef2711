import { windowNames } from '@covey/contracts/abi/structs';
import { z } from 'zod';
import {
  address,
  bytes32,
  cid,
  decimal,
  documentErrorSchema,
  documentStatusSchema,
  index,
  seconds,
  signedDecimal,
  sourceSchema,
  stakeSchema,
} from './primitives.ts';
import { slashCaseSchema } from './slash.ts';
import { roundPhaseSchema, roundSummarySchema, voidReasonSchema } from './task.ts';

/** How a result comes to be accepted: by the validators, or by the DAO's ruling. */
export const acceptors = ['validators', 'ruling'] as const;

/** Wei; node = total − delegators = unlocked + vesting. */
export const payoutSchema = z.object({
  total: decimal,
  node: decimal,
  delegators: decimal,
  unlocked: decimal,
  vesting: decimal,
  /** Vested tokens that were paid out so far. */
  released: decimal,
  at: seconds,
  source: sourceSchema,
});
export type Payout = z.output<typeof payoutSchema>;

/** One row of the result document. `loss` and `contribution` are sums over the samples in units of 2^-32 nat. */
export const resultRowSchema = z.object({
  index,
  node: address,
  cid: cid.nullable(),
  verdict: z.string(),
  loss: signedDecimal.nullable(),
  correct: index.nullable(),
  contribution: signedDecimal.nullable(),
  /** What the update adds to the others' aggregate; same unit. */
  marginal: signedDecimal.nullable(),
  rank: index.nullable(),
  weight: decimal,
  ownWeight: decimal,
});
export type ResultRow = z.output<typeof resultRowSchema>;

export const submissionSchema = z.object({
  /** Given at the reveal; null before. */
  index: index.nullable(),
  node: address,
  commitment: bytes32,
  /** As it was in the second before the round opened. */
  stake: stakeSchema,
  committedAt: seconds,
  source: sourceSchema,
  reveal: z.object({ cid, at: seconds, source: sourceSchema }).nullable(),
  /** Whether enough seats could fetch it; null before the availability window has ended. */
  counted: z.boolean().nullable(),
  /** Attesting seats that had it. */
  availableSeats: index,
  /** From the accepted result document, when that could be read. */
  result: resultRowSchema.nullable(),
  payout: payoutSchema.nullable(),
});
export type Submission = z.output<typeof submissionSchema>;

export const resultSummarySchema = z.object({
  documentCid: cid,
  claimsRoot: bytes32,
  claimants: index,
  sumWeights: decimal,
  sumOwnWeights: decimal,
  qualifyingOwnStake: decimal,
  modelCid: cid,
  /** The key opened no shard that has the promised hash. */
  shardInvalid: z.boolean(),
});
export type ResultSummaryWire = z.output<typeof resultSummarySchema>;

export const validatorSchema = z.object({
  address,
  /** As it was in the second before the round opened. */
  stake: stakeSchema,
  effectiveStake: decimal,
  /** End of its interval on the line of candidates, in wei. */
  intervalEnd: decimal,
  /** Seats that fell to it; null before the draw. */
  seats: index.nullable(),
  joinedAt: seconds,
  source: sourceSchema,
  attestation: z.object({ indices: z.array(index), at: seconds, source: sourceSchema }).nullable(),
  resultCommit: z.object({ commitment: bytes32, at: seconds, source: sourceSchema }).nullable(),
  resultReveal: z
    .object({ resultHash: bytes32, summary: resultSummarySchema, at: seconds, source: sourceSchema })
    .nullable(),
  /** Whether its revealed hash is the accepted one; null before there is an accepted one or without a reveal. */
  agreed: z.boolean().nullable(),
  payout: payoutSchema.nullable(),
});
export type Validator = z.output<typeof validatorSchema>;

/** Seats on one result hash. */
export const resultTallySchema = z.object({
  resultHash: bytes32,
  seats: index,
  validators: index,
  summary: resultSummarySchema,
});

/** The result document's header; the rows stand with their submissions and in `rows`. */
export const resultDocumentSchema = z.object({
  cid,
  status: documentStatusSchema,
  error: documentErrorSchema.nullable(),
  rows: z.array(resultRowSchema),
  /** Fields of the document besides the rows (base and aggregate metrics, scorer, sums), as written. */
  header: z.record(z.string(), z.unknown()).nullable(),
});

export const roundSchema = z.object({
  ...roundSummarySchema.shape,
  phase: roundPhaseSchema,
  policyVersion: index,
  /** SHA-256 of the approved scorer binary. */
  scorer: bytes32,
  /** Ends of the windows. */
  deadlines: z.record(z.enum(windowNames), seconds),
  challengeEnd: seconds.nullable(),
  disputeEnd: seconds.nullable(),
  /** Model that this round starts from. */
  baseModelCid: cid.nullable(),
  /** Encrypted validation shard of this round, from the task document. */
  shardCid: cid.nullable(),
  keyCommitment: bytes32,
  key: z.object({ key: bytes32, at: seconds, source: sourceSchema }).nullable(),
  submissionList: z.array(submissionSchema),
  validatorList: z.array(validatorSchema),
  /** The sampling of validators: block, the seed from its hash, and the line of candidates. */
  draw: z
    .object({
      block: index,
      seed: bytes32,
      candidateStake: decimal,
      seats: index,
      at: seconds,
      source: sourceSchema,
    })
    .nullable(),
  /** Which submissions count, once the availability window has ended. */
  counted: z.array(index).nullable(),
  /** Σ effective stake of the candidates; seats drawn over it, and whose holders attested and revealed. */
  candidateStake: decimal,
  seats: index,
  attestedSeats: index,
  revealedSeats: index,
  tallies: z.array(resultTallySchema),
  accepted: z
    .object({
      resultHash: bytes32,
      summary: resultSummarySchema,
      seats: index,
      revealedSeats: index,
      by: z.enum(acceptors),
      at: seconds,
      source: sourceSchema,
    })
    .nullable(),
  result: resultDocumentSchema.nullable(),
  challenges: z.array(
    z.object({
      challenger: address,
      resultCid: cid,
      bond: decimal,
      returned: decimal.nullable(),
      at: seconds,
      source: sourceSchema,
    }),
  ),
  disputed: z.object({ disputeEnd: seconds, at: seconds, source: sourceSchema }).nullable(),
  ruling: z.object({ resultHash: bytes32, at: seconds, source: sourceSchema }).nullable(),
  finalized: z.object({ resultHash: bytes32, at: seconds, source: sourceSchema }).nullable(),
  voided: z.object({ reason: voidReasonSchema, at: seconds, source: sourceSchema }).nullable(),
  rewards: z
    .object({
      pool: decimal,
      trainersPool: decimal,
      validatorsPool: decimal,
      /** How many may claim, and what was claimed. */
      claims: index,
      claimed: index,
      paid: decimal,
      carriedOver: decimal.nullable(),
      at: seconds,
      source: sourceSchema,
    })
    .nullable(),
  slashCases: z.array(slashCaseSchema),
});
export type Round = z.output<typeof roundSchema>;
