import { boolean, index, integer, primaryKey, text } from 'drizzle-orm/pg-core';
import { covey, source, uint, hex } from '../columns.ts';

export const listings = covey.table(
  'listings',
  {
    id: uint().primaryKey(),
    taskId: uint().notNull(),
    creator: hex().notNull(),
    modelCid: text().notNull(),
    price: uint().notNull(),
    creatorShare: uint().notNull(),
    active: boolean().notNull().default(true),
    ...source(),
  },
  (table) => [index('listings_task').on(table.taskId)],
);

export const purchases = covey.table(
  'purchases',
  {
    listingId: uint().notNull(),
    buyer: hex().notNull(),
    price: uint().notNull(),
    fee: uint().notNull(),
    toCreator: uint().notNull(),
    toContributors: uint().notNull(),
    ...source(),
  },
  (table) => [
    primaryKey({ columns: [table.blockNumber, table.logIndex] }),
    index('purchases_listing').on(table.listingId),
  ],
);

export const revenueClaims = covey.table(
  'revenue_claims',
  {
    listingId: uint().notNull(),
    round: integer().notNull(),
    node: hex().notNull(),
    amount: uint().notNull(),
    ...source(),
  },
  (table) => [
    primaryKey({ columns: [table.blockNumber, table.logIndex] }),
    index('revenue_claims_node').on(table.node),
  ],
);
