import type { RankingName, TaskStateName } from '@covey/contracts/abi/enums';
import type { TaskTerms } from '@covey/protocol';
import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, primaryKey, text } from 'drizzle-orm/pg-core';
import { taskEvents } from '../../schema/task.ts';
import { covey, source, uint, hex } from '../columns.ts';

export type Windows = TaskTerms['windows'];

export const tasks = covey.table('tasks', {
  id: uint().primaryKey(),
  creator: hex().notNull(),
  state: text().$type<Exclude<TaskStateName, 'none'>>().notNull(),
  documentCid: text().notNull(),
  rounds: integer().notNull(),
  roundsOpened: integer().notNull().default(0),
  roundsClosed: integer().notNull().default(0),
  windows: jsonb().$type<Windows>().notNull(),
  minTrainerStake: uint().notNull(),
  minValidatorStake: uint().notNull(),
  keyCommitments: jsonb().$type<`0x${string}`[]>().notNull(),
  ranking: text().$type<RankingName>().notNull(),
  admissionRoot: hex(),
  opener: hex(),
  creationStake: uint().notNull(),
  funded: uint()
    .notNull()
    .default(sql`0`),
  /**
   * As BudgetVault has them: what funders' units are worth, what belongs to nobody, what waits for the open round (or was
   * left waiting by the last one), and what each round took of the first two.
   */
  value: uint()
    .notNull()
    .default(sql`0`),
  common: uint()
    .notNull()
    .default(sql`0`),
  waiting: uint()
    .notNull()
    .default(sql`0`),
  taken: jsonb().$type<Record<number, { units: string; common: string }>>().notNull().default({}),
  holdoutKey: hex(),
  /** Weight in the emission as the DAO set it (1e18 = 1), and what its rounds have earned. */
  multiplier: uint()
    .notNull()
    .default(sql`0`),
  emitted: uint()
    .notNull()
    .default(sql`0`),
  ...source(),
});

/** Money that funders put in or got back. */
export const taskFunding = covey.table(
  'task_funding',
  {
    taskId: uint().notNull(),
    kind: text({ enum: ['fund', 'redeem'] }).notNull(),
    funder: hex().notNull(),
    amount: uint().notNull(),
    /** Bought no units so far, and none ever when the round was the last. */
    waits: boolean().notNull().default(false),
    ...source(),
  },
  (table) => [
    primaryKey({ columns: [table.blockNumber, table.logIndex] }),
    index('task_funding_task').on(table.taskId),
  ],
);

export const taskHistory = covey.table(
  'task_history',
  { taskId: uint().notNull(), event: text({ enum: taskEvents }).notNull(), amount: uint(), ...source() },
  (table) => [
    primaryKey({ columns: [table.blockNumber, table.logIndex] }),
    index('task_history_task').on(table.taskId),
  ],
);
