import {
  answerCaseKinds,
  answerCaseStates,
  channelStates,
  hostStates,
  requestStates,
} from '@covey/contracts/abi/enums';
import type { DisputeVerdictName } from '@covey/contracts/abi/enums';
import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, text } from 'drizzle-orm/pg-core';
import { count, covey, source, uint, hex } from '../columns.ts';
import type { Origin } from './rounds.ts';

const zero = sql`0`;

/** Nodes that ever enlisted as hosts; wei, and ratios scaled by 1e18. */
export const hosts = covey.table(
  'hosts',
  {
    node: hex().primaryKey(),
    state: text({ enum: hostStates }).notNull(),
    /** How often it has enlisted. */
    enlistment: integer().notNull(),
    /** Unix seconds of its last enlisting. */
    enlistedAt: count().notNull(),
    /** Until when cases about it can be opened; none while it is enlisted. */
    casesEnd: count(),
    /** It left because its own stake had become too low. */
    struck: boolean().notNull().default(false),
    /** Of its pool, what it was worth less what cases took, and what it has to keep of its own. */
    ratio: uint().notNull(),
    bound: uint().notNull(),
    minimum: uint().notNull(),
    /** Open cases and requests for which its stake stays bound. */
    holds: integer().notNull().default(0),
    /** Its own words, as it writes them. */
    endpoint: text().notNull().default(''),
    offerCid: text().notNull().default(''),
    signer: hex(),
    capacity: count().notNull().default(0),
    /** Σ over rated channels of stars × wei that they had paid, Σ of that wei, and how many rated. */
    stars: uint().notNull().default(zero),
    rated: uint().notNull().default(zero),
    ratings: integer().notNull().default(0),
    /** Of all its channels, ever: what it got, without the fee. */
    earned: uint().notNull().default(zero),
    ...source(),
  },
  (table) => [index('hosts_offer').on(table.offerCid)],
);

/** Prepaid channels; wei. */
export const channels = covey.table(
  'channels',
  {
    id: hex().primaryKey(),
    payer: hex().notNull(),
    host: hex().notNull(),
    signer: hex().notNull(),
    state: text({ enum: channelStates }).notNull().default('open'),
    /** From when anybody may close it. */
    closeAt: count(),
    deposit: uint().notNull().default(zero),
    /** The fee is a part of it. */
    redeemed: uint().notNull().default(zero),
    fees: uint().notNull().default(zero),
    /** What its payer got back when it was closed. */
    returned: uint(),
    /** Its payer's rating of the host; `weight` is what had been redeemed by then. */
    rating: jsonb().$type<{ stars: number; weight: string; reviewCid: string | null } & Origin>(),
    ...source(),
  },
  (table) => [index('channels_payer').on(table.payer), index('channels_host').on(table.host)],
);

/** What a host signed; digests are sha2-256. */
export interface AnswerRow {
  model: `0x${string}`;
  scorer: `0x${string}`;
  input: `0x${string}`;
  output: `0x${string}`;
  channel: `0x${string}`;
  nonce: string;
}

export const answerCases = covey.table(
  'answer_cases',
  {
    id: uint().primaryKey(),
    node: hex().notNull(),
    /** None where nobody brought it. */
    reporter: hex(),
    contester: hex(),
    kind: text({ enum: answerCaseKinds }).notNull(),
    state: text({ enum: answerCaseStates }).notNull(),
    /** Until when it may be contested, or ruled once it is; none of one that proves itself. */
    end: count(),
    ratio: uint().notNull(),
    /** Wei of the reporter, and as much of who contests. */
    bond: uint().notNull().default(zero),
    /** What the pool lost, and where what arrived of it went. */
    taken: uint().notNull().default(zero),
    toReporter: uint().notNull().default(zero),
    toTreasury: uint().notNull().default(zero),
    /** The answer in question, none of a request's; and the other one of a contradiction. */
    answer: jsonb().$type<AnswerRow>(),
    other: jsonb().$type<AnswerRow>(),
    /** Digest of what the reporter says is right. */
    output: hex(),
    evidenceCid: text(),
    requestId: uint(),
    /** What the DAO said, where it did. */
    ruling: jsonb().$type<{ wrong: boolean } & Origin>(),
    /** When it was executed, or lapsed. */
    closed: jsonb().$type<Origin>(),
    ...source(),
  },
  (table) => [index('answer_cases_node').on(table.node)],
);

/** What contracts and accounts asked at the desk. */
export const inferenceRequests = covey.table(
  'inference_requests',
  {
    id: uint().primaryKey(),
    asker: hex().notNull(),
    /** Who alone may answer; none where any host may. */
    host: hex(),
    state: text({ enum: requestStates }).notNull().default('asked'),
    /** Of the state: until when it can be answered, disputed or ruled. */
    end: count().notNull(),
    model: hex().notNull(),
    scorer: hex().notNull(),
    /** The request document by its address, or its bytes. */
    inputCid: text(),
    inputBytes: hex(),
    fee: uint().notNull(),
    callbackGas: integer().notNull(),
    disputeWindow: count().notNull(),
    answer: jsonb().$type<{ node: `0x${string}`; output: `0x${string}` } & Origin>(),
    dispute: jsonb().$type<{ disputer: `0x${string}`; output: `0x${string}`; bond: string } & Origin>(),
    ruling: jsonb().$type<{ verdict: DisputeVerdictName } & Origin>(),
    /** `called`: the asker's callback was called and did not fail. */
    delivery: jsonb().$type<{ payee: `0x${string}`; amount: string; fee: string; called: boolean } & Origin>(),
    refund: jsonb().$type<Origin>(),
    /** Who answered. */
    node: hex(),
    ...source(),
  },
  (table) => [
    index('inference_requests_asker').on(table.asker),
    index('inference_requests_host').on(table.host),
    index('inference_requests_node').on(table.node),
  ],
);
