import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, primaryKey, text } from 'drizzle-orm/pg-core';
import { count, covey, hex, source, uint } from '../columns.ts';
import type { Origin } from './rounds.ts';

/** SnapshotVoting plugins that the DAO let execute; the source is the last grant. */
export const snapshotPlugins = covey.table('snapshot_plugins', {
  address: hex().primaryKey(),
  space: text().notNull(),
  /** When it lost the permission; null while it has it. */
  revoked: jsonb().$type<Origin>(),
  ...source(),
});

/** `ISnapshotVoting.Settings`; wei as a decimal string. */
export interface PluginSettings {
  supportThreshold: number;
  minParticipation: number;
  maxSnapshotAge: number;
  minDuration: number;
  submissionWindow: number;
  extension: number;
  delay: number;
  executionWindow: number;
  minProposerVotingPower: string;
}

export const snapshotSettings = covey.table(
  'snapshot_settings',
  {
    plugin: hex().notNull(),
    version: integer().notNull(),
    settings: jsonb().$type<PluginSettings>().notNull(),
    ...source(),
  },
  (table) => [primaryKey({ columns: [table.plugin, table.version] })],
);

/** Snapshot proposals that were registered on chain. */
export const boundProposals = covey.table(
  'bound_proposals',
  {
    /** EIP-712 digest of the message. */
    id: hex().primaryKey(),
    plugin: hex().notNull(),
    registrant: hex().notNull(),
    author: hex().notNull(),
    /** For, Against, Abstain: choice 3 abstains. */
    basic: boolean().notNull(),
    start: count().notNull(),
    end: count().notNull(),
    snapshotBlock: count().notNull(),
    settingsVersion: integer().notNull(),
    submissionEnd: count().notNull(),
    minPower: uint().notNull(),
    actionsHash: hex().notNull(),
    actions: jsonb().$type<{ to: `0x${string}`; value: string; data: `0x${string}` }[]>().notNull(),
    forVotes: uint()
      .notNull()
      .default(sql`0`),
    against: uint()
      .notNull()
      .default(sql`0`),
    abstain: uint()
      .notNull()
      .default(sql`0`),
    voters: integer().notNull().default(0),
    /** How many submitted votes were left out, by reason. */
    rejections: jsonb().$type<Record<string, number>>().notNull().default({}),
    extended: jsonb().$type<Origin>(),
    executor: hex(),
    executed: jsonb().$type<Origin>(),
    vetoed: jsonb().$type<Origin>(),
    ...source(),
  },
  (table) => [index('bound_proposals_author').on(table.author)],
);

/** The vote that counts on chain of each voter. */
export const boundVotes = covey.table(
  'bound_votes',
  {
    proposalId: hex().notNull(),
    voter: hex().notNull(),
    choice: integer().notNull(),
    votingPower: uint().notNull(),
    /** Seconds, as signed. */
    signedAt: count().notNull(),
    submitter: hex().notNull(),
    ...source(),
  },
  (table) => [primaryKey({ columns: [table.proposalId, table.voter] }), index('bound_votes_voter').on(table.voter)],
);
