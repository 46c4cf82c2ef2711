import { sql } from 'drizzle-orm';
import { index, integer, jsonb, primaryKey, text } from 'drizzle-orm/pg-core';
import { count, covey, source, uint, hex } from '../columns.ts';
import type { Origin } from './rounds.ts';

export const nodes = covey.table('nodes', {
  address: hex().primaryKey(),
  staked: uint()
    .notNull()
    .default(sql`0`),
  unstaking: uint()
    .notNull()
    .default(sql`0`),
  unstakingAvailableAt: count(),
  openCases: integer().notNull().default(0),
  slashed: uint()
    .notNull()
    .default(sql`0`),
  ...source(),
});

export const stakeHistory = covey.table(
  'stake_history',
  {
    node: hex().notNull(),
    event: text({ enum: ['staked', 'unstakeRequested', 'unstaked', 'frozen', 'unfrozen', 'slashed'] }).notNull(),
    amount: uint(),
    ...source(),
  },
  (table) => [primaryKey({ columns: [table.blockNumber, table.logIndex] }), index('stake_history_node').on(table.node)],
);

export const slashCases = covey.table(
  'slash_cases',
  {
    id: uint().primaryKey(),
    taskId: uint().notNull(),
    round: integer().notNull(),
    target: hex().notNull(),
    reporter: hex().notNull(),
    reason: text({
      enum: ['resultMismatch', 'submissionNotRevealed', 'resultNotRevealed', 'submissionUnavailable'],
    }).notNull(),
    state: text({ enum: ['open', 'overturned', 'executed'] }).notNull(),
    ratio: uint().notNull(),
    amount: uint().notNull(),
    evidenceCid: text().notNull(),
    appealEnd: count().notNull(),
    execution: jsonb().$type<{ taken: string; toTask: string; toReporter: string } & Origin>(),
    overturned: jsonb().$type<Origin>(),
    ...source(),
  },
  (table) => [index('slash_cases_task').on(table.taskId, table.round), index('slash_cases_target').on(table.target)],
);
