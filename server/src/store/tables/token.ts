import { index, jsonb, primaryKey } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import { covey, hex, source, uint } from '../columns.ts';
import type { Origin } from './rounds.ts';

/** Everybody who ever held tokens or was delegated to. */
export const tokenAccounts = covey.table(
  'token_accounts',
  {
    address: hex().primaryKey(),
    /** Its own voting units: liquid, held for it by custodians, bonuses. */
    units: uint()
      .notNull()
      .default(sql`0`),
    /** Who votes with them; null when nobody does. */
    delegate: hex(),
    /** When it last chose. */
    delegated: jsonb().$type<Origin>(),
    /** What it votes with, its own and others'. */
    votes: uint()
      .notNull()
      .default(sql`0`),
    /** Last change of `votes`. */
    changed: jsonb().$type<Origin>(),
  },
  (table) => [index('token_accounts_delegate').on(table.delegate), index('token_accounts_votes').on(table.votes)],
);

/** Votes that an escrow gives on top of what it holds. */
export const tokenBonuses = covey.table(
  'token_bonuses',
  { custodian: hex().notNull(), owner: hex().notNull(), bonus: uint().notNull() },
  (table) => [primaryKey({ columns: [table.custodian, table.owner] })],
);

/** What an account votes with from a block on: the token's own checkpoints. */
export const voteCheckpoints = covey.table(
  'vote_checkpoints',
  { account: hex().notNull(), votes: uint().notNull(), ...source() },
  (table) => [
    primaryKey({ columns: [table.blockNumber, table.logIndex] }),
    index('vote_checkpoints_account').on(table.account, table.blockNumber),
  ],
);
