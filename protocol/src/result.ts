import type { Hex } from 'viem';
import { z } from 'zod';
import { decodeDocument, encodeDocument } from './canonical.ts';
import type { DocumentFormat } from './canonical.ts';
import { cidToChain, documentCid } from './cid.ts';
import { resultHash } from './commitments.ts';
import type { ResultSummary } from './commitments.ts';
import { protocolError } from './errors.ts';
import { claimTree } from './merkle.ts';
import type { Claim, TrainerLeaf } from './merkle.ts';
import { rankings, taskModes } from './modes.ts';
import {
  MAX_UINT128,
  address,
  bytes32,
  decimal,
  documentCidText,
  anyCidText,
  fileCidText,
  signedDecimal,
} from './primitives.ts';
import { ONE } from './ratio.ts';
import { MAX_SUBMISSIONS } from './rules.ts';

export const MAX_RESULT_BYTES = 1024 * 1024;

/** Why a revealed submission earns or does not. Each is a fact that every validator finds alike. */
export const verdicts = [
  /** Scored, ranked and paid. */
  'valid',
  /** Not enough validators could fetch it. */
  'not-counted',
  /** Larger than the policy's maxSubmissionBytes, or than any model of the architecture (`submissionLimit`). */
  'too-large',
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
  /** Nothing could be scored: the shard is not what the task document promised. */
  'shard-invalid',
  /** Nothing could be scored: the base model is not a model of this architecture. */
  'base-invalid',
] as const;

export type Verdict = (typeof verdicts)[number];

const nonNegative = z.number().int().min(0);
const loss = decimal();

const evaluationSchema = z.strictObject({
  /** Sum over the samples, unit 2^-32 nat. */
  loss,
  correct: nonNegative,
  total: nonNegative,
});

const submissionSchema = z
  .strictObject({
    index: nonNegative.max(MAX_SUBMISSIONS - 1),
    node: address,
    cid: anyCidText,
    verdict: z.enum(verdicts),
    /** Of the base model with this update applied (federated) or of the submitted model (arena). */
    loss: loss.nullable(),
    correct: nonNegative.nullable(),
    /** Loss of the aggregate without it minus loss of the aggregate, unit 2^-32 nat. */
    contribution: signedDecimal.nullable(),
    /** Loss of the others' aggregate minus its loss with this update averaged in at its share; the same unit. */
    marginal: signedDecimal.nullable(),
    /** 0 is best; equal scores share the rank of the first. */
    rank: nonNegative.nullable(),
    /** Rank weight (1e18) times stake power of the effective stake; of own stake alone. */
    weight: decimal(),
    ownWeight: decimal(),
    /** At the end of the second before the round opened; wei, commission scaled by 1e18. */
    stake: z.strictObject({
      own: decimal(MAX_UINT128),
      delegated: decimal(MAX_UINT128),
      commission: decimal(ONE),
    }),
  })
  .refine((s) => (s.verdict === 'valid') === (s.rank !== null), 'exactly the valid submissions have a rank')
  .refine(
    (s) => s.verdict === 'valid' || (s.weight === '0' && s.ownWeight === '0'),
    'only a valid submission has weights',
  );

export const resultDocumentSchema = z.strictObject({
  schema: z.literal('covey.result/1'),
  chainId: nonNegative,
  taskId: decimal(),
  round: nonNegative.max(0xffffffff),
  /** CID of the task document. */
  task: documentCidText,
  mode: z.enum(taskModes),
  ranking: z.enum(rankings),
  policyVersion: nonNegative.max(0xffffffff),
  /** SHA-256 of the core that computed this. */
  scorer: bytes32,
  /** No samples: the published key opens no shard that is what the task document promised. */
  shard: z.strictObject({ plaintextSha256: bytes32, samples: nonNegative.nullable() }),
  /** The model that the round started from, and the one that it ends with (the next round's base). */
  base: fileCidText,
  model: fileCidText,
  baseline: evaluationSchema.nullable(),
  /** Of `model`; null where the round made no new one. */
  aggregate: evaluationSchema.nullable(),
  submissions: z
    .array(submissionSchema)
    .max(MAX_SUBMISSIONS)
    .refine((all) => all.every((s, i) => s.index === i), 'expected submissions in the order of their indices, from 0'),
  claims: z.strictObject({
    root: bytes32,
    claimants: nonNegative,
    sumWeights: decimal(),
    sumOwnWeights: decimal(),
    qualifyingOwnStake: decimal(),
  }),
});

export type ResultDocument = z.infer<typeof resultDocumentSchema>;
export type ResultSubmission = ResultDocument['submissions'][number];
export type ResultEvaluation = z.infer<typeof evaluationSchema>;

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

export interface SummarisedResult {
  document: ResultDocument;
  bytes: Uint8Array;
  cid: string;
  summary: ResultSummary;
  resultHash: Hex;
  claims: Claim[];
}

/** The tree and the sums that follow from a document's submissions. */
export function claimsOf(submissions: readonly ResultSubmission[]): {
  claims: Claim[];
  totals: ResultDocument['claims'];
} {
  const leaves: TrainerLeaf[] = submissions
    .map((s) => ({ index: s.index, node: s.node, weight: BigInt(s.weight), ownWeight: BigInt(s.ownWeight) }))
    .filter((leaf) => leaf.weight > 0n);
  const tree = claimTree(leaves);
  const qualifying = submissions.filter((s) => s.verdict === 'valid');
  return {
    claims: tree.claims,
    totals: {
      root: tree.root,
      claimants: leaves.length,
      sumWeights: String(leaves.reduce((sum, leaf) => sum + leaf.weight, 0n)),
      sumOwnWeights: String(leaves.reduce((sum, leaf) => sum + leaf.ownWeight, 0n)),
      qualifyingOwnStake: String(qualifying.reduce((sum, s) => sum + BigInt(s.stake.own), 0n)),
    },
  };
}

/**
 * What goes on chain for a document, with the proofs of its claims. Refuses a document whose sums or root do not follow
 * from its own submissions.
 */
export function summariseResult(document: ResultDocument): SummarisedResult {
  const bytes = encodeResultDocument(document);
  const { claims, totals } = claimsOf(document.submissions);
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
    sumWeights: BigInt(totals.sumWeights),
    sumOwnWeights: BigInt(totals.sumOwnWeights),
    qualifyingOwnStake: BigInt(totals.qualifyingOwnStake),
    model: cidToChain(document.model),
    shardInvalid: document.shard.samples === null,
  };
  return { document, bytes, cid, summary, resultHash: resultHash(summary), claims };
}
