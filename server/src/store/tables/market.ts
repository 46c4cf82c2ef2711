import { listingKinds, listingStates, orderStates } from '@covey/contracts/abi/enums';
import type { FaultName } from '@covey/contracts/abi/enums';
import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, primaryKey, text } from 'drizzle-orm/pg-core';
import { bondStates, listingEvents, pausable, payers } from '../../schema/market.ts';
import { count, covey, source, uint, hex } from '../columns.ts';
import type { Origin } from './rounds.ts';

const zero = sql`0`;

/** What was proven of a sealed listing; wei as decimal strings. */
export interface FraudRow extends Origin {
  orderId: string;
  reporter: `0x${string}`;
  fault: FaultName;
  toReporter: string;
  toTreasury: string;
}

export const listings = covey.table(
  'listings',
  {
    id: uint().primaryKey(),
    seller: hex().notNull(),
    kind: text({ enum: listingKinds }).notNull(),
    state: text({ enum: listingStates }).notNull().default('active'),
    /** None of a model that its maker registered alone. */
    taskId: uint(),
    rounds: integer().notNull(),
    /** Of a sealed one its manifest's. */
    modelCid: text().notNull(),
    cardCid: text(),
    token: hex().notNull(),
    price: uint().notNull(),
    /** Seconds; 0 for ever. */
    period: count().notNull(),
    creatorShare: uint().notNull(),
    previous: uint(),
    /** Licences sold, sums of their prices and of what contributors got of them: wei of the token. */
    sales: integer().notNull().default(0),
    revenue: uint().notNull().default(zero),
    toContributors: uint().notNull().default(zero),
    /** What a sealed listing's file is held to; `bytes` are those of the plaintext. */
    file: jsonb().$type<{
      bytes: string;
      keyHash: `0x${string}`;
      plainRoot: `0x${string}`;
      cipherRoot: `0x${string}`;
    }>(),
    bondState: text({ enum: bondStates }).notNull().default('none'),
    bond: uint().notNull().default(zero),
    /** Neither settled nor refunded. */
    openOrders: integer().notNull().default(0),
    fraud: jsonb().$type<FraudRow>(),
    ...source(),
  },
  (table) => [
    index('listings_task').on(table.taskId),
    index('listings_seller').on(table.seller),
    index('listings_previous').on(table.previous),
    index('listings_model').on(table.modelCid),
  ],
);

/** What happened to a listing, but for its sales. */
export const listingHistory = covey.table(
  'listing_history',
  {
    listingId: uint().notNull(),
    event: text({ enum: listingEvents }).notNull(),
    /** The price from then on, or the bond: wei. */
    amount: uint(),
    ...source(),
  },
  (table) => [
    primaryKey({ columns: [table.blockNumber, table.logIndex] }),
    index('listing_history_listing').on(table.listingId),
  ],
);

/** Licences that were paid: of open models when they are bought, of sealed ones when their order is settled. */
export const purchases = covey.table(
  'purchases',
  {
    listingId: uint().notNull(),
    buyer: hex().notNull(),
    payer: hex().notNull(),
    price: uint().notNull(),
    fee: uint().notNull(),
    toSeller: uint().notNull(),
    toContributors: uint().notNull(),
    licenceEnd: count().notNull(),
    orderId: uint(),
    ...source(),
  },
  (table) => [
    primaryKey({ columns: [table.blockNumber, table.logIndex] }),
    index('purchases_listing').on(table.listingId),
  ],
);

/** Until when an account has a licence, unix seconds. */
export const licences = covey.table(
  'licences',
  { listingId: uint().notNull(), account: hex().notNull(), end: count().notNull(), ...source() },
  (table) => [primaryKey({ columns: [table.listingId, table.account] }), index('licences_account').on(table.account)],
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

/** Orders of sealed models. */
export const orders = covey.table(
  'orders',
  {
    id: uint().primaryKey(),
    listingId: uint().notNull(),
    buyer: hex().notNull(),
    seller: hex().notNull(),
    state: text({ enum: orderStates }).notNull().default('open'),
    publicKey: hex().notNull(),
    token: hex().notNull(),
    price: uint().notNull(),
    deliverBy: count().notNull(),
    /** Known from the delivery on. */
    disputeEnd: count(),
    delivery: jsonb().$type<{ point: `0x${string}`; wrapped: `0x${string}` } & Origin>(),
    settlement: jsonb().$type<{ fee: string; toSeller: string; licenceEnd: number } & Origin>(),
    refund: jsonb().$type<Origin>(),
    ...source(),
  },
  (table) => [
    index('orders_listing').on(table.listingId),
    index('orders_buyer').on(table.buyer),
    index('orders_seller').on(table.seller),
  ],
);

/** What a contract owes an account in one token, and ever owed it: wei. */
export const owedBalances = covey.table(
  'owed_balances',
  {
    contract: text({ enum: payers }).notNull(),
    account: hex().notNull(),
    token: hex().notNull(),
    owed: uint().notNull(),
    credited: uint().notNull(),
    ...source(),
  },
  (table) => [
    primaryKey({ columns: [table.contract, table.account, table.token] }),
    index('owed_balances_account').on(table.account),
  ],
);

/** Keys that may deliver for a seller's listings. */
export const deliveryKeys = covey.table('delivery_keys', {
  seller: hex().primaryKey(),
  deliveryKey: hex().notNull(),
  ...source(),
});

/** Tokens beside COVEY that the DAO allowed or refused for prices. */
export const paymentTokens = covey.table('payment_tokens', {
  token: hex().primaryKey(),
  allowed: boolean().notNull(),
  /** As the token says them itself; none where it does not. */
  symbol: text(),
  decimals: integer(),
  ...source(),
});

/** Until when the DAO has paused new value, unix seconds; 0 once it resumed. */
export const depositPauses = covey.table('deposit_pauses', {
  contract: text({ enum: pausable }).primaryKey(),
  until: count().notNull(),
  ...source(),
});
