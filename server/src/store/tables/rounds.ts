import type { VoidReasonName } from '@covey/contracts/abi/enums';
import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, primaryKey, text } from 'drizzle-orm/pg-core';
import { acceptors } from '../../schema/round.ts';
import { count, covey, source, uint, hex } from '../columns.ts';
import type { Windows } from './tasks.ts';

/** An event that a row remembers besides the one that made it. */
export interface Origin {
  blockNumber: number;
  transactionHash: `0x${string}`;
  logIndex: number;
  at: number;
}

/** ResultSummary of Types.sol with CIDs as text and integers as decimal strings. */
export interface Summary {
  documentCid: string;
  claimsRoot: `0x${string}`;
  claimants: number;
  sumWeights: string;
  sumOwnWeights: string;
  qualifyingOwnStake: string;
  modelCid: string;
  shardInvalid: boolean;
}

export const rounds = covey.table(
  'rounds',
  {
    taskId: uint().notNull(),
    round: integer().notNull(),
    /** What the contract stores; the phase while it runs follows from the deadlines. */
    status: text({ enum: ['running', 'accepted', 'disputed', 'claimable', 'void'] }).notNull(),
    policyVersion: integer().notNull(),
    scorer: hex().notNull(),
    pool: uint().notNull(),
    /** Ends of the windows, unix seconds. */
    deadlines: jsonb().$type<Windows>().notNull(),
    /** Σ effective stake of the candidates in wei. */
    candidateStake: uint()
      .notNull()
      .default(sql`0`),
    /** The block whose hash is the seed. */
    drawBlock: count(),
    draw: jsonb().$type<{ seed: `0x${string}`; candidateStake: string; seats: number } & Origin>(),
    key: jsonb().$type<{ key: `0x${string}` } & Origin>(),
    acceptedHash: hex(),
    acceptedBy: text({ enum: acceptors }),
    accepted: jsonb().$type<{ summary: Summary; seats: number; revealedSeats: number } & Origin>(),
    challengeEnd: count(),
    dispute: jsonb().$type<{ disputeEnd: number } & Origin>(),
    ruling: jsonb().$type<{ resultHash: `0x${string}` } & Origin>(),
    finalized: jsonb().$type<{ resultHash: `0x${string}` } & Origin>(),
    voided: jsonb().$type<{ reason: VoidReasonName } & Origin>(),
    rewards: jsonb().$type<{ pool: string; trainersPool: string; validatorsPool: string; claims: number } & Origin>(),
    carriedOver: uint(),
    ...source(),
  },
  (table) => [primaryKey({ columns: [table.taskId, table.round] })],
);

/** As it was in the second before the round opened. */
const stake = () => ({ ownStake: uint().notNull(), delegatedStake: uint().notNull(), commission: uint().notNull() });

export const submissions = covey.table(
  'submissions',
  {
    taskId: uint().notNull(),
    round: integer().notNull(),
    node: hex().notNull(),
    commitment: hex().notNull(),
    ...stake(),
    /** Given at the reveal, as is the CID. */
    index: integer(),
    cid: text(),
    reveal: jsonb().$type<Origin>(),
    ...source(),
  },
  (table) => [
    primaryKey({ columns: [table.taskId, table.round, table.node] }),
    index('submissions_node').on(table.node),
  ],
);

export const validators = covey.table(
  'validators',
  {
    taskId: uint().notNull(),
    round: integer().notNull(),
    address: hex().notNull(),
    ...stake(),
    /** Its interval on the line of candidates is [intervalEnd − effectiveStake, intervalEnd). */
    effectiveStake: uint().notNull(),
    intervalEnd: uint().notNull(),
    /** Known once they are drawn. */
    seats: integer(),
    attestation: jsonb().$type<{ indices: number[] } & Origin>(),
    resultCommit: jsonb().$type<{ commitment: `0x${string}` } & Origin>(),
    resultHash: hex(),
    resultReveal: jsonb().$type<{ summary: Summary } & Origin>(),
    ...source(),
  },
  (table) => [
    primaryKey({ columns: [table.taskId, table.round, table.address] }),
    index('validators_address').on(table.address),
  ],
);

export const challenges = covey.table(
  'challenges',
  {
    taskId: uint().notNull(),
    round: integer().notNull(),
    challenger: hex().notNull(),
    resultCid: text().notNull(),
    bond: uint().notNull(),
    returned: uint(),
    ...source(),
  },
  (table) => [primaryKey({ columns: [table.taskId, table.round, table.challenger] })],
);

export const payouts = covey.table(
  'payouts',
  {
    taskId: uint().notNull(),
    round: integer().notNull(),
    node: hex().notNull(),
    asValidator: boolean().notNull(),
    total: uint().notNull(),
    toNode: uint().notNull(),
    delegators: uint().notNull(),
    unlocked: uint().notNull(),
    vesting: uint().notNull(),
    released: uint()
      .notNull()
      .default(sql`0`),
    ...source(),
  },
  (table) => [
    primaryKey({ columns: [table.taskId, table.round, table.node, table.asValidator] }),
    index('payouts_node').on(table.node),
  ],
);
