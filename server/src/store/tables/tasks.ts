import type { TaskStateName } from '@covey/contracts/abi/enums';
import type { TaskTerms } from '@covey/protocol';
import { sql } from 'drizzle-orm';
import { index, integer, jsonb, primaryKey, text } from 'drizzle-orm/pg-core';
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
  creationStake: uint().notNull(),
  funded: uint()
    .notNull()
    .default(sql`0`),
  budget: uint()
    .notNull()
    .default(sql`0`),
  holdoutKey: hex(),
  /** Weight in the daily emission as the DAO set it (1e18 = 1), as of its last sync, and what it brought. */
  multiplier: uint()
    .notNull()
    .default(sql`1000000000000000000`),
  emissionWeight: uint()
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
    kind: text({ enum: ['fund', 'refund'] }).notNull(),
    funder: hex().notNull(),
    amount: uint().notNull(),
    ...source(),
  },
  (table) => [
    primaryKey({ columns: [table.blockNumber, table.logIndex] }),
    index('task_funding_task').on(table.taskId),
  ],
);

/** The daily mints of the community share. */
export const emissionMints = covey.table('emission_mints', {
  /** From 0. */
  mint: uint().primaryKey(),
  amount: uint().notNull(),
  totalWeight: uint().notNull(),
  ...source(),
});

export const taskHistory = covey.table(
  'task_history',
  { taskId: uint().notNull(), event: text({ enum: taskEvents }).notNull(), amount: uint(), ...source() },
  (table) => [
    primaryKey({ columns: [table.blockNumber, table.logIndex] }),
    index('task_history_task').on(table.taskId),
  ],
);
