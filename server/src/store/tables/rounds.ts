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

type Place = Pick<Origin, 'blockNumber' | 'logIndex'>;

/** Sorts what stands on the chain as it came there. */
export function inChainOrder(a: Place, b: Place): number {
  return a.blockNumber - b.blockNumber || a.logIndex - b.logIndex;
}

/** ResultSummary of Types.sol with CIDs as text and integers as decimal strings. */
export interface Summary {
  documentCid: string;
  claimsRoot: `0x${string}`;
  claimants: number;
  paidSeats: number;
  sumWeights: string;
  trainersRatio: string;
  modelCid: string;
  refereeRoot: `0x${string}`;
  shardInvalid: boolean;
}

/** One draw of one role. */
export interface DrawRow extends Origin {
  beacon: `0x${string}`;
  seed: `0x${string}`;
  stake: string;
  seats: number;
}

export const rounds = covey.table(
  'rounds',
  {
    taskId: uint().notNull(),
    round: integer().notNull(),
    /** What the contract stores; the phase while it runs follows from its clock. */
    status: text({ enum: ['running', 'accepted', 'challenged', 'claimable', 'void'] }).notNull(),
    policyVersion: integer().notNull(),
    scorer: hex().notNull(),
    pool: uint().notNull(),
    creationStake: uint().notNull(),
    windows: jsonb().$type<Windows>().notNull(),
    /** Seconds after a window within which its beacon must be brought; seats to draw of each role. By the policy's version. */
    beaconWindow: integer().notNull(),
    trainerSeats: integer().notNull(),
    validatorSeats: integer().notNull(),
    /** Σ effective stake of the candidates in wei; validators' of the present attempt. */
    trainerStake: uint()
      .notNull()
      .default(sql`0`),
    validatorStake: uint()
      .notNull()
      .default(sql`0`),
    attempt: integer().notNull().default(0),
    repeats: jsonb()
      .$type<({ attempt: number; reason: VoidReasonName; joinEnd: number } & Origin)[]>()
      .notNull()
      .default([]),
    trainerDraw: jsonb().$type<DrawRow>(),
    /** Of the present attempt. */
    validatorDraw: jsonb().$type<DrawRow>(),
    key: jsonb().$type<{ key: `0x${string}` } & Origin>(),
    acceptedHash: hex(),
    acceptedBy: text({ enum: acceptors }),
    accepted: jsonb().$type<{ summary: Summary; contested: boolean; seats: number; revealedSeats: number } & Origin>(),
    challengeEnd: count(),
    rulingEnd: count(),
    ruling: jsonb().$type<{ resultHash: `0x${string}`; winner: `0x${string}` | null } & Origin>(),
    finalized: jsonb().$type<Origin>(),
    voided: jsonb().$type<{ reason: VoidReasonName } & Origin>(),
    rewards: jsonb().$type<RewardsRow & Origin>(),
    /** Gone back to the task after its claims ended; what went back at once stands in `rewards`. */
    carriedOver: uint(),
    emission: jsonb().$type<{ amount: string } & Origin>(),
    ...source(),
  },
  (table) => [primaryKey({ columns: [table.taskId, table.round] })],
);

/** RoundRewards of IRewardDistributor.sol as claims opened; wei as decimal strings. */
export interface RewardsRow {
  units: string;
  common: string;
  creationStake: string;
  stakeBehind: string;
  secured: string;
  fee: string;
  trainersPart: string;
  validatorsPart: string;
  carried: string;
  paidSeats: number;
  claims: number;
}

/** The part of a node's stake that the round holds, as it was in the second before the round opened. */
const stake = () => ({ ownStake: uint().notNull(), delegatedStake: uint().notNull(), commission: uint().notNull() });

/** What a candidate joined with. */
const place = () => ({
  ...stake(),
  /** Part of its pool, 1e18 = all. */
  ratio: uint().notNull(),
  /** Its interval on the line of candidates is [intervalEnd − effectiveStake, intervalEnd). */
  effectiveStake: uint().notNull(),
  intervalEnd: uint().notNull(),
  /** Known once they are drawn. */
  seats: integer(),
});

export const trainers = covey.table(
  'trainers',
  {
    taskId: uint().notNull(),
    round: integer().notNull(),
    address: hex().notNull(),
    ...place(),
    ...source(),
  },
  (table) => [
    primaryKey({ columns: [table.taskId, table.round, table.address] }),
    index('trainers_address').on(table.address),
  ],
);

export const submissions = covey.table(
  'submissions',
  {
    taskId: uint().notNull(),
    round: integer().notNull(),
    node: hex().notNull(),
    seats: integer().notNull(),
    commitment: hex().notNull(),
    ...stake(),
    /** Given at the reveal, as are the CID and the root. */
    index: integer(),
    cid: text(),
    parameterRoot: hex(),
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
    attempt: integer().notNull(),
    address: hex().notNull(),
    ...place(),
    attestCommit: jsonb().$type<{ commitment: `0x${string}` } & Origin>(),
    attestation: jsonb().$type<{ ciphertextMissing: boolean; missing: number[] } & Origin>(),
    resultCommit: jsonb().$type<{ commitment: `0x${string}` } & Origin>(),
    resultHash: hex(),
    resultReveal: jsonb().$type<{ summary: Summary } & Origin>(),
    ...source(),
  },
  (table) => [
    primaryKey({ columns: [table.taskId, table.round, table.attempt, table.address] }),
    index('validators_address').on(table.address),
  ],
);

export const challenges = covey.table(
  'challenges',
  {
    taskId: uint().notNull(),
    round: integer().notNull(),
    challenger: hex().notNull(),
    resultHash: hex().notNull(),
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
