import { bigint, integer, numeric, pgSchema, text } from 'drizzle-orm/pg-core';

/** Everything lives in one pg schema, so that a shared PostgreSQL can be cleaned by dropping it. */
export const covey = pgSchema('covey');

/** uint256: amounts in wei, weights, identifiers. */
export const uint = () => numeric({ precision: 78, scale: 0, mode: 'bigint' });
/** Unix seconds and block numbers. */
export const count = () => bigint({ mode: 'number' });

/** The last second that JavaScript's dates hold, in the year 275760. */
const LAST_SECOND = 8_640_000_000_000n;

/**
 * Unix seconds as the chain says them. Anyone may name a time up to 2^64 - 1 there; PostgreSQL's int8, JSON's safe
 * integers and Date all end earlier, and a time after the last date that can be shown is never all the same.
 */
export function secondsOf(value: bigint): number {
  return Number(value > LAST_SECOND ? LAST_SECOND : value);
}

/** Addresses and hashes. */
export const hex = () => text().$type<`0x${string}`>();

/** Which event a row comes from; `at` is its block's time. */
export const source = () => ({
  blockNumber: count().notNull(),
  transactionHash: hex().notNull(),
  logIndex: integer().notNull(),
  at: count().notNull(),
});
