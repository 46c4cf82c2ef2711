import {
  answerCaseKinds,
  answerCaseStates,
  channelStates,
  disputeVerdicts,
  hostStates,
  requestStates,
} from '@covey/contracts/abi/enums';
import { z } from 'zod';
import { address, bytes32, cid, decimal, documentOf, hex, index, seconds, sourceSchema } from './primitives.ts';

export const channelStateSchema = z.enum(channelStates).exclude(['none']);
export const answerCaseStateSchema = z.enum(answerCaseStates).exclude(['none']);
export const requestStateSchema = z.enum(requestStates).exclude(['none']);
export const hostSorts = ['stake', 'cheapest', 'rating', 'newest'] as const;

const origin = { at: seconds, source: sourceSchema };

/** A model that a host's offer names, and what it asks: wei of COVEY for a request, and for a thousand tokens or rows. */
export const offeredModelSchema = z.object({
  name: z.string(),
  model: cid,
  network: cid,
  /** Tokens that it sees at most: what a request is priced by. */
  window: index,
  request: decimal,
  thousand: decimal,
});
export type OfferedModel = z.output<typeof offeredModelSchema>;

/** `covey.offer/1`, as its host wrote it. */
const offerSchema = z.object({
  name: z.string(),
  models: z.array(offeredModelSchema),
  limits: z.object({ requestBytes: index, tokens: index, queue: index }),
});

export const hostSchema = z.object({
  address,
  /** `none`: it has left, and its stake is free. */
  state: z.enum(hostStates),
  /** Enlisted, and its own stake is worth what it has to keep. */
  serving: z.boolean(),
  /** It left because its own stake had become too low. */
  struck: z.boolean(),
  enlistedAt: seconds,
  /** Until when cases about it can be opened; null while it is enlisted, and when they are over. */
  casesEnd: seconds.nullable(),
  /** What a stranger wrote: a text, not a link. */
  endpoint: z.string(),
  signer: address.nullable(),
  capacity: index,
  offer: documentOf(offerSchema),
  stake: z.object({
    /** Of its pool, scaled by 1e18. */
    ratio: decimal,
    /** Wei that answer: what it bound, its own and delegated, less what cases have taken. */
    bound: decimal,
    /** Its own of it now, and what it has to keep. */
    own: decimal,
    minimum: decimal,
  }),
  /** Of those who paid, weighed by what they had paid; stars scaled by 1e18, null where nobody has rated. */
  rating: z.object({ stars: decimal.nullable(), weight: decimal, channels: index }),
  /** Wei that its channels have paid it, ever, without fees. */
  earned: decimal,
  channels: index,
  cases: z.object({ open: index, lost: index, won: index, lapsed: index, taken: decimal }),
  /** Requests at the desk that it answered; those that the DAO ruled against it. */
  requests: z.object({ answered: index, wrong: index }),
  source: sourceSchema,
});
export type HostSummary = z.output<typeof hostSchema>;

const signedAnswerSchema = z.object({
  model: bytes32,
  scorer: bytes32,
  input: bytes32,
  output: bytes32,
  channel: bytes32,
  nonce: decimal,
});

export const answerCaseSchema = z.object({
  id: decimal,
  host: address,
  reporter: address.nullable(),
  contester: address.nullable(),
  kind: z.enum(answerCaseKinds),
  state: answerCaseStateSchema,
  /** What can happen now: `contest` it, the DAO's `rule`, `execute` and `lapse` by anybody; null: nothing more. */
  next: z.enum(['contest', 'rule', 'execute', 'lapse']).nullable(),
  /** Until when it may be contested, or ruled; null of one that proves itself. */
  end: seconds.nullable(),
  /** Of what the host has bound, scaled by 1e18. */
  ratio: decimal,
  bond: decimal,
  /** Wei that the pool lost; the others are what has arrived of it. */
  taken: decimal,
  toReporter: decimal,
  toTreasury: decimal,
  /** What the host signed; null of a request's. `other`: the second answer of a contradiction. */
  answer: signedAnswerSchema.nullable(),
  other: signedAnswerSchema.nullable(),
  /** Digest of the document that its reporter says is right. */
  output: bytes32.nullable(),
  evidenceCid: cid.nullable(),
  requestId: decimal.nullable(),
  ruling: z.object({ wrong: z.boolean(), ...origin }).nullable(),
  closed: z.object(origin).nullable(),
  openedAt: seconds,
  source: sourceSchema,
});
export type AnswerCaseWire = z.output<typeof answerCaseSchema>;

export const channelSchema = z.object({
  id: bytes32,
  payer: address,
  host: address,
  signer: address,
  state: channelStateSchema,
  /** From when anybody may close it; null unless its payer asked for it. */
  closeAt: seconds.nullable(),
  deposit: decimal,
  /** Of the deposit, `fees` among it. */
  redeemed: decimal,
  fees: decimal,
  returned: decimal.nullable(),
  rating: z.object({ stars: index, weight: decimal, reviewCid: cid.nullable(), ...origin }).nullable(),
  openedAt: seconds,
  source: sourceSchema,
});
export type Channel = z.output<typeof channelSchema>;

export const ratingSchema = z.object({
  channel: bytes32,
  payer: address,
  stars: index,
  /** Wei that its channel had paid by then. */
  weight: decimal,
  reviewCid: cid.nullable(),
  ...origin,
});

export const hostDetailSchema = hostSchema.extend({
  /** The newest; all are at /answer-cases and /channels. */
  caseList: z.array(answerCaseSchema),
  ratings: z.array(ratingSchema),
});
export type HostDetail = z.output<typeof hostDetailSchema>;

export const inferenceRequestSchema = z.object({
  id: decimal,
  asker: address,
  /** Who alone may answer; null where any host may. */
  host: address.nullable(),
  state: requestStateSchema,
  /**
   * What can happen now: `answer` by a host; `refund` by anybody; `dispute` by anybody; `deliver` by anybody; the DAO's
   * `rule`; null: nothing more.
   */
  next: z.enum(['answer', 'refund', 'dispute', 'deliver', 'rule']).nullable(),
  /** Until when it can be answered, disputed or ruled. */
  end: seconds,
  /** Digests of the model file and the core. */
  model: bytes32,
  scorer: bytes32,
  inputCid: cid.nullable(),
  /** The request document, where its bytes came along. */
  inputBytes: hex.nullable(),
  fee: decimal,
  callbackGas: index,
  disputeWindow: index,
  answer: z.object({ host: address, output: hex, ...origin }).nullable(),
  dispute: z.object({ disputer: address, output: hex, bond: decimal, ...origin }).nullable(),
  ruling: z.object({ verdict: z.enum(disputeVerdicts), ...origin }).nullable(),
  /** `called`: the asker's callback was called and did not fail. */
  delivery: z.object({ payee: address, amount: decimal, fee: decimal, called: z.boolean(), ...origin }).nullable(),
  refund: z.object(origin).nullable(),
  askedAt: seconds,
  source: sourceSchema,
});
export type InferenceRequestWire = z.output<typeof inferenceRequestSchema>;
