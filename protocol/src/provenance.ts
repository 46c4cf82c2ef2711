import { taskManagerConstants } from '@covey/contracts/abi/constants';
import { voidReasons } from '@covey/contracts/abi/enums';
import { metrics } from '@covey/wasm-core';
import { z } from 'zod';
import { architectureSchema } from './architecture.ts';
import { decodeDocument, encodeDocument, type DocumentFormat } from './canonical.ts';
import { documentCid } from './cid.ts';
import { rankings, taskModes } from './modes.ts';
import { address, anyCidText, bytes32, decimal, documentCidText, fileCidText, text } from './primitives.ts';
import { resultEvaluationSchema } from './result.ts';
import { MAX_SUBMISSIONS, ruleSchema } from './rules.ts';
import { taskShardSchema } from './task.ts';

/** One block of IPFS: 128 rounds of 64 paid seats fit. */
export const MAX_PROVENANCE_BYTES = 2 * 1024 * 1024;
/** Characters of a proposal's metadata that are repeated here. */
export const MAX_METADATA = 512;

const schema = z.literal('covey.provenance/1');
const nonNegative = z.number().int().min(0);
const seconds = nonNegative.max(2 ** 40);
const uint32 = nonNegative.max(0xffffffff);
const roundNumber = nonNegative.max(taskManagerConstants.MAX_ROUNDS - 1);
const seats = nonNegative.max(MAX_SUBMISSIONS);

/** A log: its block, its transaction, and its number in the block. */
const placeSchema = z.strictObject({
  block: nonNegative,
  blockHash: bytes32,
  transaction: bytes32,
  log: nonNegative,
});

/** Contracts that the facts are of. */
const marketSchema = z.strictObject({ chainId: nonNegative, modelMarket: address });
const deploymentSchema = z.strictObject({
  chainId: nonNegative,
  dao: address,
  taskManager: address,
  roundManager: address,
  submissions: address,
  attestations: address,
  results: address,
  policy: address,
});

const modelSchema = z.strictObject({
  cid: fileCidText,
  bytes: nonNegative,
  /** Of the file itself, whatever its CID is made of. */
  sha256: bytes32,
  /** Positional tree over the file in chunks of 1 KiB (`parameterRoot`). */
  parameterRoot: bytes32,
  architecture: architectureSchema,
  /** `covey.data/1`: how samples are made, where the task says so. */
  data: documentCidText.nullable(),
});

/** A vote of Aragon's TokenVoting. Amounts in wei of votes. */
const tokenVotingSchema = z.strictObject({
  by: z.literal('token-voting'),
  plugin: address,
  proposal: decimal(),
  author: address,
  /** What it pinned, usually `ipfs://<cid>`; null where that is no visible text of at most MAX_METADATA characters. */
  metadata: text({ max: MAX_METADATA }).nullable(),
  created: placeSchema,
  snapshotBlock: nonNegative,
  start: seconds,
  end: seconds,
  /** Parts of a million of yes / (yes + no) that yes had to exceed. */
  supportThreshold: nonNegative.max(1_000_000),
  minVotingPower: decimal(),
  yes: decimal(),
  no: decimal(),
  abstain: decimal(),
  /** Accounts whose votes are in the tally; the last vote of each counts. */
  voters: nonNegative,
  executed: placeSchema,
  /** Who sent the transaction, from its signature; null for kinds of transactions that this protocol cannot hash. */
  executor: address.nullable(),
});

/** A vote of Snapshot that SnapshotVoting made binding. Amounts in wei of votes. */
const snapshotVotingSchema = z.strictObject({
  by: z.literal('snapshot-voting'),
  plugin: address,
  /** The proposal's id on Snapshot: the hash of its signed message. */
  proposal: bytes32,
  author: address,
  registrant: address,
  registered: placeSchema,
  snapshotBlock: nonNegative,
  start: seconds,
  end: seconds,
  for: decimal(),
  against: decimal(),
  abstain: decimal(),
  voters: nonNegative,
  executed: placeSchema,
  executor: address,
});

/** No vote of these plugins: whoever the DAO executed it for, or null where a holder of the permission called directly. */
const otherSchema = z.strictObject({ by: z.literal('other'), actor: address.nullable() });

const decisionSchema = z.discriminatedUnion('by', [tokenVotingSchema, snapshotVotingSchema, otherSchema]);

const contributorSchema = z.strictObject({
  /** Of the submission in its round. */
  index: nonNegative.max(MAX_SUBMISSIONS - 1),
  node: address,
  seats,
  /** What its part of the round's pay is measured by: places where the ranking is by loss, else units of 2^-32 nat. */
  weight: decimal(),
});

const shardSchema = taskShardSchema.extend({
  /** Published on chain: whoever has it can open the shard. */
  key: bytes32.nullable(),
});

const roundSchema = z.strictObject({
  round: roundNumber,
  /** How often its validators were drawn anew. */
  attempt: nonNegative.max(255),
  opened: placeSchema,
  policyVersion: uint32,
  /** SHA-256 of the core that scored it. */
  scorer: bytes32,
  shard: shardSchema,
  base: fileCidText,
  model: fileCidText,
  /** The result that stands: hash of its summary, and CID of the document that leads there. */
  resultHash: bytes32,
  result: documentCidText,
  /** The last log in which the result was accepted, or ruled right by the DAO. */
  accepted: placeSchema,
  ruled: z.boolean(),
  challenges: nonNegative,
  finalized: placeSchema,
  trainerSeats: seats,
  validatorSeats: seats,
  /** Validators' seats on the result that stands, of those that revealed one. */
  agreeing: seats,
  revealed: seats,
  /** On the round's shard: of the base, and of the base with the aggregate or of the best model; null where nothing was made. */
  baseline: resultEvaluationSchema.nullable(),
  aggregate: resultEvaluationSchema.nullable(),
  submissions: nonNegative.max(MAX_SUBMISSIONS),
  contributors: z.array(contributorSchema).max(MAX_SUBMISSIONS),
});

const voidRoundSchema = z.strictObject({
  round: roundNumber,
  voided: placeSchema,
  reason: z.enum(voidReasons),
  shard: shardSchema,
});

const madeBySchema = z.strictObject({ taskId: decimal(), round: roundNumber, finalized: placeSchema });

const taskOriginSchema = z.strictObject({
  taskId: decimal(),
  /** The round whose model this is; what came later is not told. */
  round: roundNumber,
  document: documentCidText,
  name: text({ min: 1, max: 200 }),
  creator: address,
  mode: z.enum(taskModes),
  ranking: z.enum(rankings),
  metric: z.enum(metrics.map(({ name }) => name)),
  aggregation: ruleSchema,
  rounds: nonNegative.min(1).max(taskManagerConstants.MAX_ROUNDS),
  /** Root of the list of who might train; null for anybody. */
  admissionRoot: bytes32.nullable(),
  proposed: placeSchema,
  approved: placeSchema,
  decision: decisionSchema,
  /** Where the first round began; `madeBy` where a round of this deployment, final before the model's own, had made it. */
  initial: z.strictObject({ model: fileCidText, madeBy: madeBySchema.nullable() }),
  /** Those with a result, up to the model's own, which is the last. */
  accepted: z.array(roundSchema).min(1).max(taskManagerConstants.MAX_ROUNDS),
  voided: z.array(voidRoundSchema).max(taskManagerConstants.MAX_ROUNDS),
});

const madeByTaskSchema = z
  .strictObject({
    schema,
    by: z.literal('task'),
    deployment: deploymentSchema,
    model: modelSchema,
    /** An SPDX identifier; null where nobody said. */
    licence: text({ min: 1, max: 64 }).nullable(),
    origin: taskOriginSchema,
  })
  .superRefine(({ origin, model }, context) => {
    const issue = (message: string) => context.addIssue({ code: 'custom', message, path: ['origin'] });
    const { accepted, voided } = origin;
    const rounds = [...accepted, ...voided].map(({ round }) => round).toSorted((a, b) => a - b);
    if (rounds.length !== origin.round + 1 || rounds.some((round, i) => round !== i))
      issue(`expected each round from 0 to ${origin.round} once`);
    if (!ascending(accepted) || !ascending(voided)) issue('expected rounds in their order');
    if (accepted.at(-1)?.round !== origin.round || accepted.at(-1)?.model !== model.cid)
      issue('expected the last accepted round to end with the model');
    if (origin.round >= origin.rounds) issue(`expected a round below ${origin.rounds}`);
    accepted.forEach(({ base, contributors }, i) => {
      const before = accepted[i - 1]?.model ?? origin.initial.model;
      if (base !== before) issue(`expected round ${accepted[i]!.round} to begin with the model before it`);
      if (!contributors.every(({ index }, at) => at === 0 || contributors[at - 1]!.index < index))
        issue('expected contributors in the order of their submissions');
    });
  });

/** A file that is sold open, or sealed (`covey.sealed/1`): then what its manifest is held to. */
const ownModelSchema = z.discriminatedUnion('sealed', [
  z.strictObject({
    sealed: z.literal(false),
    cid: fileCidText,
    bytes: nonNegative,
    sha256: bytes32,
    parameterRoot: bytes32,
  }),
  z.strictObject({
    sealed: z.literal(true),
    /** Of the manifest. */
    cid: anyCidText,
    /** Of the plaintext. */
    bytes: nonNegative.min(1),
    /** keccak256 of the content key. */
    keyHash: bytes32,
    /** `parameterRoot` of the plaintext, and the same of the ciphertext without its tags. */
    parameterRoot: bytes32,
    cipherRoot: bytes32,
  }),
]);

/** Nobody but its maker says anything of such a model: no round scored it, no vote approved it. */
const madeByMakerSchema = z.strictObject({
  schema,
  by: z.literal('maker'),
  deployment: marketSchema,
  model: ownModelSchema,
  origin: z.strictObject({
    /** The first listing of this model, and who listed it. */
    listing: decimal(),
    maker: address,
    listed: placeSchema,
    /** The same maker's listing that it is a new version of. */
    previous: decimal().nullable(),
  }),
});

export const provenanceSchema = z.discriminatedUnion('by', [madeByTaskSchema, madeByMakerSchema]);

const ascending = (rounds: readonly { round: number }[]): boolean =>
  rounds.every(({ round }, i) => i === 0 || rounds[i - 1]!.round < round);

/** Where a model comes from: facts of one chain up to the round that made it, so that they never change again. */
export type Provenance = z.infer<typeof provenanceSchema>;
/** Of a model that rounds made; of one that its maker registered alone. */
export type TaskProvenance = z.infer<typeof madeByTaskSchema>;
export type MakerProvenance = z.infer<typeof madeByMakerSchema>;
export type ProvenanceDecision = z.infer<typeof decisionSchema>;
export type ProvenancePlace = z.infer<typeof placeSchema>;
export type ProvenanceRound = z.infer<typeof roundSchema>;
export type ProvenanceVoidRound = z.infer<typeof voidRoundSchema>;
export type ProvenanceShard = z.infer<typeof shardSchema>;

const format: DocumentFormat<Provenance> = {
  name: 'provenance document',
  schema: provenanceSchema,
  maxBytes: MAX_PROVENANCE_BYTES,
};

/** The document's one spelling. PROTOCOL_TOO_LARGE for what no block holds: take the model of an earlier round. */
export function encodeProvenance(provenance: Provenance): Uint8Array {
  return encodeDocument(format, provenance);
}

export function decodeProvenance(bytes: Uint8Array): Provenance {
  return decodeDocument(format, bytes);
}

export const provenanceCid = (provenance: Provenance): string => documentCid(encodeProvenance(provenance));
