import { deadlineNames } from '@covey/contracts/abi/structs';
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
  /** Its weight. */
  seats: index,
  verdict: z.string(),
  loss: decimal.nullable(),
  correct: index.nullable(),
  contribution: decimal.nullable(),
  rank: index.nullable(),
  /** Of its leaf in the claims tree: the ranks of its seats, or its contribution. */
  weight: decimal,
});
export type ResultRow = z.output<typeof resultRowSchema>;

/** Who joined, with what the round holds of its stake. */
export const candidateSchema = z.object({
  address,
  /** The part of it that the round holds, as it was in the second before the round opened. */
  stake: stakeSchema,
  /** That part of its pool, 1e18 = all. */
  ratio: decimal,
  effectiveStake: decimal,
  /** End of its interval on the line of candidates, in wei. */
  intervalEnd: decimal,
  /** Seats that fell to it; null before the draw. */
  seats: index.nullable(),
  joinedAt: seconds,
  source: sourceSchema,
});
export type Candidate = z.output<typeof candidateSchema>;

export const submissionSchema = z.object({
  /** Given at the reveal; null before. */
  index: index.nullable(),
  node: address,
  seats: index,
  commitment: bytes32,
  stake: stakeSchema,
  committedAt: seconds,
  source: sourceSchema,
  reveal: z.object({ cid, parameterRoot: bytes32, at: seconds, source: sourceSchema }).nullable(),
  /** Whether it counts; null before the attestations are open. */
  counted: z.boolean().nullable(),
  /** Seats of the present attempt that revealed it to be missing. */
  missingSeats: index,
  /** From the accepted result document, when that could be read. */
  result: resultRowSchema.nullable(),
  payout: payoutSchema.nullable(),
});
export type Submission = z.output<typeof submissionSchema>;

export const resultSummarySchema = z.object({
  documentCid: cid,
  claimsRoot: bytes32,
  claimants: index,
  paidSeats: index,
  sumWeights: decimal,
  /** How much of the trainers' part all claims take together, 1e18 = all. */
  trainersRatio: decimal,
  modelCid: cid,
  refereeRoot: bytes32,
  /** The key opened no shard that has the promised hash. */
  shardInvalid: z.boolean(),
});
export type ResultSummaryWire = z.output<typeof resultSummarySchema>;

/** A validator of one attempt. */
export const validatorSchema = candidateSchema.extend({
  attempt: index,
  attestCommit: z.object({ commitment: bytes32, at: seconds, source: sourceSchema }).nullable(),
  /** What it could not fetch. */
  attestation: z
    .object({ ciphertextMissing: z.boolean(), missing: z.array(index), at: seconds, source: sourceSchema })
    .nullable(),
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
  /** Σ their effective stake in wei. */
  stake: decimal,
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

/** One draw of one role. */
export const drawSchema = z.object({
  /** The beacon's value for the end of the window before. */
  beacon: bytes32,
  seed: bytes32,
  /** Length of the line, wei. */
  stake: decimal,
  seats: index,
  at: seconds,
  source: sourceSchema,
});
export type Draw = z.output<typeof drawSchema>;

export const roundSchema = z.object({
  ...roundSummarySchema.shape,
  phase: roundPhaseSchema,
  policyVersion: index,
  /** SHA-256 of the approved scorer binary. */
  scorer: bytes32,
  /** Ends of the windows and hard ends of the draws; null where they do not stand yet. */
  deadlines: z.record(z.enum(deadlineNames), seconds.nullable()),
  challengeEnd: seconds.nullable(),
  rulingEnd: seconds.nullable(),
  /** How often validators were drawn anew, and why. */
  attempt: index,
  repeats: z.array(z.object({ attempt: index, reason: voidReasonSchema, at: seconds, source: sourceSchema })),
  creationStake: decimal,
  /** Model that this round starts from. */
  baseModelCid: cid.nullable(),
  /** Encrypted validation shard of this round, from the task document. */
  shardCid: cid.nullable(),
  keyCommitment: bytes32,
  key: z.object({ key: bytes32, at: seconds, source: sourceSchema }).nullable(),
  /** Everybody who joined as training node. */
  trainerList: z.array(candidateSchema),
  submissionList: z.array(submissionSchema),
  /** Of the present attempt; earlier ones in `earlierValidators`. */
  validatorList: z.array(validatorSchema),
  earlierValidators: z.array(validatorSchema),
  draws: z.object({ trainers: drawSchema.nullable(), validators: drawSchema.nullable() }),
  /** Which submissions count, once the attestations are open. */
  counted: z.array(index).nullable(),
  /** Σ effective stake of the candidates, wei. */
  trainerStake: decimal,
  validatorStake: decimal,
  /** Seats to draw of each role. */
  trainerSeats: index,
  validatorSeats: index,
  /** Seats of the present attempt: that revealed an attestation, those of them that lacked the shard, that revealed a result. */
  attestedSeats: index,
  ciphertextMissingSeats: index,
  revealedSeats: index,
  tallies: z.array(resultTallySchema),
  accepted: z
    .object({
      resultHash: bytes32,
      summary: resultSummarySchema,
      seats: index,
      revealedSeats: index,
      /** Too few seats were on it: another result challenges it without a bond. */
      contested: z.boolean(),
      /** How it came to be accepted: by the validators, or by the DAO's ruling. */
      by: z.enum(acceptors),
      at: seconds,
      source: sourceSchema,
    })
    .nullable(),
  result: resultDocumentSchema.nullable(),
  challenges: z.array(
    z.object({
      challenger: address,
      resultHash: bytes32,
      resultCid: cid,
      bond: decimal,
      returned: decimal.nullable(),
      at: seconds,
      source: sourceSchema,
    }),
  ),
  /** `winner` had challenged with the result that was ruled right. */
  ruling: z.object({ resultHash: bytes32, winner: address.nullable(), at: seconds, source: sourceSchema }).nullable(),
  finalized: z.object({ at: seconds, source: sourceSchema }).nullable(),
  voided: z.object({ reason: voidReasonSchema, at: seconds, source: sourceSchema }).nullable(),
  /** Wei: fee + paid + carried make the pool in the end. */
  rewards: z
    .object({
      units: decimal,
      common: decimal,
      creationStake: decimal,
      stakeBehind: decimal,
      secured: decimal,
      fee: decimal,
      trainersPart: decimal,
      validatorsPart: decimal,
      paidSeats: index,
      /** Gone back to the task, as far as it has. */
      carried: decimal,
      /** How many may claim, and what was claimed. */
      claims: index,
      claimed: index,
      paid: decimal,
      at: seconds,
      source: sourceSchema,
    })
    .nullable(),
  /** What it earned of the emission; null until somebody brought that. */
  emission: z.object({ amount: decimal, at: seconds, source: sourceSchema }).nullable(),
  slashCases: z.array(slashCaseSchema),
});
export type Round = z.output<typeof roundSchema>;
