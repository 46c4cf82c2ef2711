import { reasons } from '@covey/contracts/abi/enums';
import type { CaseStateName, RoleName } from '@covey/contracts/abi/enums';
import { sql } from 'drizzle-orm';
import { index, integer, jsonb, primaryKey, text } from 'drizzle-orm/pg-core';
import { lockStates, stakeEvents } from '../../schema/node.ts';
import { count, covey, source, uint, hex } from '../columns.ts';
import type { Origin } from './rounds.ts';

const zero = () =>
  uint()
    .notNull()
    .default(sql`0`);

/** A node and its pool. Shares are worth poolTokens/poolShares wei each. */
export const nodes = covey.table('nodes', {
  address: hex().primaryKey(),
  /** Active stake in wei: its own, and what was delegated to it. */
  own: zero(),
  delegated: zero(),
  /** In force at the time of its last event; the next one, when one is announced. */
  commission: zero(),
  nextCommission: uint(),
  nextCommissionAt: count(),
  poolTokens: zero(),
  poolShares: zero(),
  openCases: integer().notNull().default(0),
  slashed: zero(),
  /** Rewards for its delegators: all that came, what they have claimed, and the stream that runs. */
  delegatorRewards: zero(),
  delegatorClaims: zero(),
  rewardRate: zero(),
  rewardEnd: count(),
  /** Who acts for it in rounds; null where it does itself. */
  operator: hex(),
  ...source(),
});

/** What a node allocates to a task, and what rounds hold of it; ratios of its pool, 1e18 = all. */
export const allocations = covey.table(
  'allocations',
  {
    node: hex().notNull(),
    taskId: uint().notNull(),
    role: text().$type<Exclude<RoleName, 'none'>>().notNull(),
    ratio: uint().notNull(),
    bound: zero(),
    readers: integer().notNull().default(0),
    ...source(),
  },
  (table) => [primaryKey({ columns: [table.node, table.taskId] }), index('allocations_task').on(table.taskId)],
);

/** What somebody holds in a node's pool; its own stake is the node's position in its own pool. */
export const positions = covey.table(
  'positions',
  {
    node: hex().notNull(),
    owner: hex().notNull(),
    shares: zero(),
    unstakingShares: zero(),
    availableAt: count(),
    claimed: zero(),
    ...source(),
  },
  (table) => [primaryKey({ columns: [table.node, table.owner] }), index('positions_owner').on(table.owner)],
);

/** The stake with which a node counts from a second on, and its commissions by when they begin. */
export const stakeCheckpoints = covey.table(
  'stake_checkpoints',
  { node: hex().notNull(), own: uint().notNull(), delegated: uint().notNull(), ...source() },
  (table) => [
    primaryKey({ columns: [table.blockNumber, table.logIndex] }),
    index('stake_checkpoints_node').on(table.node, table.at),
  ],
);

export const commissions = covey.table(
  'commissions',
  { node: hex().notNull(), commission: uint().notNull(), effectiveAt: count().notNull(), ...source() },
  (table) => [
    primaryKey({ columns: [table.blockNumber, table.logIndex] }),
    index('commissions_node').on(table.node, table.effectiveAt),
  ],
);

export const stakeHistory = covey.table(
  'stake_history',
  {
    node: hex().notNull(),
    /** Whose position it was about; null for what happened to the whole pool. */
    owner: hex(),
    event: text({ enum: stakeEvents }).notNull(),
    amount: uint(),
    ...source(),
  },
  (table) => [primaryKey({ columns: [table.blockNumber, table.logIndex] }), index('stake_history_node').on(table.node)],
);

/** Tokens in the vote escrow. */
export const locks = covey.table(
  'locks',
  {
    id: uint().primaryKey(),
    owner: hex().notNull(),
    amount: uint().notNull(),
    /** Seconds between asking for the tokens and getting them. */
    notice: count().notNull(),
    bonus: uint().notNull(),
    /** When they can be withdrawn; null while nobody asked. */
    unlocksAt: count(),
    state: text({ enum: lockStates }).notNull(),
    ...source(),
  },
  (table) => [index('locks_owner').on(table.owner)],
);

export const slashCases = covey.table(
  'slash_cases',
  {
    id: uint().primaryKey(),
    taskId: uint().notNull(),
    round: integer().notNull(),
    attempt: integer().notNull(),
    target: hex().notNull(),
    reporter: hex().notNull(),
    reason: text({ enum: reasons }).notNull(),
    state: text().$type<Exclude<CaseStateName, 'none'>>().notNull(),
    ratio: uint().notNull(),
    amount: uint().notNull(),
    evidenceCid: text().notNull(),
    appealEnd: count().notNull(),
    execution: jsonb().$type<{ taken: string } & Origin>(),
    overturned: jsonb().$type<Origin>(),
    /** What has arrived of it so far, in wei, and who got it. */
    collected: zero(),
    toTreasury: zero(),
    toReporter: zero(),
    toChallenger: zero(),
    ...source(),
  },
  (table) => [index('slash_cases_task').on(table.taskId, table.round), index('slash_cases_target').on(table.target)],
);
