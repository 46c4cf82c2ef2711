import { bigint, integer, numeric, pgSchema, text } from 'drizzle-orm/pg-core';

/** Everything lives in one pg schema, so that a shared PostgreSQL can be cleaned by dropping it. */
export const covey = pgSchema('covey');

/** uint256: amounts in wei, weights, identifiers. */
export const uint = () => numeric({ precision: 78, scale: 0, mode: 'bigint' });
/** Unix seconds and block numbers. */
export const count = () => bigint({ mode: 'number' });

/** Addresses and hashes. */
export const hex = () => text().$type<`0x${string}`>();

/** Which event a row comes from; `at` is its block's time. */
export const source = () => ({
  blockNumber: count().notNull(),
  transactionHash: hex().notNull(),
  logIndex: integer().notNull(),
  at: count().notNull(),
});
