import { bigserial, boolean, index, integer, jsonb, primaryKey, text } from 'drizzle-orm/pg-core';
import type { LiveKey } from '../../schema/live.ts';
import { documentKinds, documentStatuses } from '../../schema/primitives.ts';
import { count, covey, hex } from '../columns.ts';

/** How far the index is. One row; written in the transaction of what it describes. */
export const cursor = covey.table('cursor', {
  id: integer().primaryKey(),
  /** Fingerprint of deployment and schema: another one means that the index is of something else. */
  fingerprint: text().notNull(),
  blockNumber: count().notNull(),
  blockHash: text().notNull(),
  timestamp: count().notNull(),
});

/** Hashes of the newest indexed blocks: where a reorganisation left the chain is found by comparing them. */
export const blocks = covey.table('blocks', {
  number: count().primaryKey(),
  hash: text().notNull(),
  timestamp: count().notNull(),
});

/** Every event of every contract, as decoded; integers as decimal strings. */
export const events = covey.table(
  'events',
  {
    blockNumber: count().notNull(),
    logIndex: integer().notNull(),
    transactionHash: hex().notNull(),
    at: count().notNull(),
    contract: text().notNull(),
    name: text().notNull(),
    args: jsonb().notNull(),
    /** What this made stale, as in live events. */
    keys: jsonb().$type<LiveKey[]>().notNull(),
    /** Why it could not be taken in; then it changed nothing, and its arguments are left out. */
    skipped: text(),
  },
  (table) => [primaryKey({ columns: [table.blockNumber, table.logIndex] })],
);

/** What rows were before the newest blocks changed them; filled by triggers, read backwards on a reorganisation. */
export const undo = covey.table(
  'undo',
  {
    id: bigserial({ mode: 'number' }).primaryKey(),
    blockNumber: count().notNull(),
    tableName: text().notNull(),
    key: jsonb().notNull(),
    /** Null when the row did not exist. */
    before: jsonb(),
  },
  (table) => [index('undo_block').on(table.blockNumber)],
);

/** Documents on IPFS that events named. Not part of the chain's state: a reorganisation leaves them. */
export const documents = covey.table(
  'documents',
  {
    cid: text().notNull(),
    /** What it is read as: a CID that was named as something else by somebody else is a document of its own. */
    kind: text({ enum: documentKinds }).notNull(),
    status: text({ enum: documentStatuses }).notNull(),
    value: jsonb(),
    /** What it calls itself, for searches. */
    name: text(),
    errorCode: text(),
    errorMessage: text(),
    attempts: integer().notNull().default(0),
    settled: boolean().notNull().default(false),
  },
  (table) => [primaryKey({ columns: [table.cid, table.kind] }), index('documents_settled').on(table.settled)],
);
