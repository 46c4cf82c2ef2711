import { taskManagerConstants } from '@covey/contracts/abi/constants';
import { LOSS_CAP } from '@covey/wasm-core';
import type { Hex } from 'viem';
import { z } from 'zod';
import { decodeDocument, encodeDocument } from './canonical.ts';
import type { DocumentFormat } from './canonical.ts';
import { cidToChain, documentCid } from './cid.ts';
import { resultHash } from './commitments.ts';
import type { ResultSummary } from './commitments.ts';
import { isProtocolError, protocolError } from './errors.ts';
import { claimTree } from './merkle.ts';
import type { Claim, TrainerLeaf } from './merkle.ts';
import { rankings, taskModes } from './modes.ts';
import { address, anyCidText, bytes32, decimal, documentCidText, fileCidText } from './primitives.ts';
import { ONE } from './ratio.ts';
import { OPENED_SHARDS } from './open-data-limits.ts';
import { MAX_SUBMISSIONS } from './rules.ts';
import { claimBasis } from './settlement/arithmetic.ts';
import { MAX_SHARD_BYTES } from './shard.ts';

export const MAX_RESULT_BYTES = 1024 * 1024;

/** Why a revealed submission earns or does not. Each is a fact that every validator finds alike. */
export const verdicts = [
  /** Scored, ranked and paid. */
  'valid',
  /** Not enough validators could fetch it. */
  'not-counted',
  /** Larger than the policy's maxSubmissionBytes, or than any model of the architecture (`submissionLimit`). */
  'too-large',
  /** The root that it committed to beside its CID is not that of its bytes (`parameterRoot`). */
  'wrong-root',
  /** Not a strict, canonical safetensors file. */
  'not-safetensors',
  /** Other tensors, types or shapes than the architecture's. */
  'wrong-tensors',
  /** NaN or infinity in it, or in the model that it makes. */
  'not-finite',
  /** Same bytes as a submission that was committed earlier, or in the same block and revealed earlier. */
  'duplicate',
  /** Scored, but it does not make the result better. */
  'no-contribution',
  /** So much shorter than the others that the rule left it out. */
  'left-out',
  /** Nothing could be scored: the shard is not what the task document promised. */
  'shard-invalid',
  /** Nothing could be scored: the base model is not a model of this architecture. */
  'base-invalid',
] as const;

export type Verdict = (typeof verdicts)[number];

const nonNegative = z.number().int().min(0);
/** Of a shard: each prediction is a byte of it at least, a label, a target or a token. 2^28. */
const predictions = nonNegative.max(MAX_SHARD_BYTES);
/** The most that a model loses, 2^52 · 2^28 = 2^80 units. */
export const MAX_LOSS = LOSS_CAP * BigInt(MAX_SHARD_BYTES);
const loss = decimal(MAX_LOSS);
/** A contribution, or the weights of at most 2^10 ranks, each at most 1e18 < 2^60: 2^80 too. */
const weight = decimal(MAX_LOSS);

export const resultEvaluationSchema = z.strictObject({
  /** Sum over the samples, unit 2^-32 nat. */
  loss,
  correct: predictions,
  total: predictions,
});

const submissionSchema = z
  .strictObject({
    index: nonNegative.max(MAX_SUBMISSIONS - 1),
    node: address,
    cid: anyCidText,
    parameterRoot: bytes32,
    /** Its weight: seats that its node drew. */
    seats: z.number().int().min(1).max(MAX_SUBMISSIONS),
    verdict: z.enum(verdicts),
    /**
     * Of the base model with this update applied (federated) or of the submitted model (arena); null where it was not
     * scored by itself, as by contribution.
     */
    loss: loss.nullable(),
    correct: predictions.nullable(),
    /** What it gave to the aggregate's fall of the loss, unit 2^-32 nat; null where the ranking is by loss. */
    contribution: weight.nullable(),
    /** Its place among the submissions: 0 is best; equal scores share the place of the first. */
    rank: nonNegative.nullable(),
    /** By loss: the weights of its seats' ranks (1e18 is the first's). By contribution: its contribution. */
    weight,
  })
  .refine((s) => (s.verdict === 'valid') === (s.rank !== null), 'exactly the valid submissions have a rank')
  .refine((s) => s.verdict === 'valid' || s.weight === '0', 'only a valid submission has a weight');

const documentSchema = z.strictObject({
  schema: z.literal('covey.result/2'),
  chainId: nonNegative,
  taskId: decimal(),
  round: nonNegative.max(0xffffffff),
  /** CID of the task document. */
  task: documentCidText,
  mode: z.enum(taskModes),
  ranking: z.enum(rankings),
  policyVersion: nonNegative.max(0xffffffff),
  /** What that version measures claims by. */
  policy: z.strictObject({ trainerSeats: z.number().int().min(1).max(MAX_SUBMISSIONS), rankRatio: decimal(ONE) }),
  /** SHA-256 of the core that computed this. */
  scorer: bytes32,
  /** No samples: the published key opens no shard that is what the task document promised. */
  shard: z.strictObject({ plaintextSha256: bytes32, samples: nonNegative.nullable() }),
  /** The model that the round started from, and the one that it ends with (the next round's base). */
  base: fileCidText,
  model: fileCidText,
  baseline: resultEvaluationSchema.nullable(),
  /** Of the base plus the aggregate, or of the best model, before the core trains it on; null where the base stayed. */
  aggregate: resultEvaluationSchema.nullable(),
  /** The aggregate that was accepted last, this round's where it made one: a delta's file. Null while there is none, and always by loss. */
  lastDelta: fileCidText.nullable(),
  /** The latest rounds whose keys were public, ascending; by loss nothing is read of them. */
  opened: z.array(nonNegative.max(taskManagerConstants.MAX_ROUNDS - 1)).max(OPENED_SHARDS),
  submissions: z
    .array(submissionSchema)
    .max(MAX_SUBMISSIONS)
    .refine((all) => all.every((s, i) => s.index === i), 'expected submissions in the order of their indices, from 0')
    .refine((all) => seatsOfAll(all) <= MAX_SUBMISSIONS, `expected at most ${MAX_SUBMISSIONS} seats together`),
  claims: z.strictObject({
    root: bytes32,
    claimants: nonNegative.max(MAX_SUBMISSIONS),
    paidSeats: nonNegative.max(MAX_SUBMISSIONS),
    /** At most 2^10 weights: 2^90, where the contracts hold 2^160 (`Summaries.sol`). */
    sumWeights: decimal(MAX_LOSS * BigInt(MAX_SUBMISSIONS)),
    /** How much of the trainers' part they can take together, 1e18 = all; rounded up for each. */
    trainersRatio: decimal(ONE),
  }),
  /** Commits to the steps of the computation for a referee on chain; zero as long as there is none. */
  refereeRoot: bytes32,
});

export const resultDocumentSchema = documentSchema.refine(
  ({ ranking, submissions }) =>
    ranking === 'loss' || submissions.every((s) => s.verdict !== 'valid' || s.weight === s.contribution),
  'expected the contribution of each valid submission as its weight',
);

export type ResultDocument = z.infer<typeof resultDocumentSchema>;
export type ResultSubmission = ResultDocument['submissions'][number];
export type ResultEvaluation = z.infer<typeof resultEvaluationSchema>;

const format: DocumentFormat<ResultDocument> = {
  name: 'result document',
  schema: resultDocumentSchema,
  maxBytes: MAX_RESULT_BYTES,
};

export function encodeResultDocument(document: ResultDocument): Uint8Array {
  return encodeDocument(format, document);
}

export function decodeResultDocument(bytes: Uint8Array): ResultDocument {
  return decodeDocument(format, bytes);
}

/** The aggregate that an accepted result names last; null where what was accepted is no document, as it is for everybody. */
export function lastDeltaOf(bytes: Uint8Array): string | null {
  try {
    return decodeResultDocument(bytes).lastDelta;
  } catch (error) {
    if (isProtocolError(error)) return null;
    throw error;
  }
}

export interface SummarisedResult {
  document: ResultDocument;
  bytes: Uint8Array;
  cid: string;
  summary: ResultSummary;
  resultHash: Hex;
  claims: Claim[];
}

/** The tree and the sums that follow from a document's submissions. */
export function claimsOf({
  submissions,
  ranking,
  policy,
}: Pick<ResultDocument, 'submissions' | 'ranking' | 'policy'>): {
  claims: Claim[];
  totals: ResultDocument['claims'];
} {
  const paid = submissions.filter((s) => s.weight !== '0');
  const leaves = paid.map((s): TrainerLeaf => ({ index: s.index, node: s.node, weight: BigInt(s.weight) }));
  const tree = claimTree(leaves);
  const { sumWeights, trainersRatio } = claimBasis(
    ranking,
    paid.map(({ weight, seats }) => ({ weight: BigInt(weight), seats })),
    { trainerSeats: BigInt(policy.trainerSeats), rankRatio: BigInt(policy.rankRatio) },
  );
  return {
    claims: tree.claims,
    totals: {
      root: tree.root,
      claimants: leaves.length,
      paidSeats: seatsOfAll(paid),
      sumWeights: String(sumWeights),
      trainersRatio: String(trainersRatio),
    },
  };
}

function seatsOfAll(submissions: readonly { seats: number }[]): number {
  return submissions.reduce((sum, { seats }) => sum + seats, 0);
}

/**
 * What goes on chain for a document, with the proofs of its claims. Refuses a document whose sums or root do not follow
 * from its own submissions.
 */
export function summariseResult(document: ResultDocument): SummarisedResult {
  const bytes = encodeResultDocument(document);
  const { claims, totals } = claimsOf(document);
  for (const key of Object.keys(totals) as (keyof typeof totals)[]) {
    if (totals[key] !== document.claims[key]) {
      throw protocolError('PROTOCOL_RESULT_MISMATCH', `the document's ${key} does not follow from its submissions`, {
        expected: String(totals[key]),
        got: String(document.claims[key]),
      });
    }
  }
  const cid = documentCid(bytes);
  const summary: ResultSummary = {
    documentDigest: cidToChain(cid).digest,
    claimsRoot: totals.root,
    claimants: totals.claimants,
    paidSeats: totals.paidSeats,
    sumWeights: BigInt(totals.sumWeights),
    trainersRatio: BigInt(totals.trainersRatio),
    model: cidToChain(document.model),
    refereeRoot: document.refereeRoot,
    shardInvalid: document.shard.samples === null,
  };
  return { document, bytes, cid, summary, resultHash: resultHash(summary), claims };
}
