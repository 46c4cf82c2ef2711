import { castOptions, votingModes } from '@covey/governance/voting-settings';
import { index, integer, jsonb, primaryKey, text } from 'drizzle-orm/pg-core';
import { count, covey, source, uint, hex } from '../columns.ts';
import type { Origin } from './rounds.ts';

export const proposals = covey.table('proposals', {
  id: uint().primaryKey(),
  creator: hex().notNull(),
  startDate: count().notNull(),
  endDate: count().notNull(),
  metadataUri: text().notNull(),
  metadataCid: text(),
  actions: jsonb().$type<{ to: `0x${string}`; value: string; data: `0x${string}` }[]>().notNull(),
  votingMode: text({ enum: votingModes }).notNull(),
  supportThreshold: integer().notNull(),
  snapshotBlock: count().notNull(),
  minVotingPower: uint().notNull(),
  totalVotingPower: uint().notNull(),
  executed: jsonb().$type<Origin>(),
  ...source(),
});

/** The vote that counts of each voter. */
export const votes = covey.table(
  'votes',
  {
    proposalId: uint().notNull(),
    voter: hex().notNull(),
    option: text({ enum: castOptions }).notNull(),
    votingPower: uint().notNull(),
    ...source(),
  },
  (table) => [primaryKey({ columns: [table.proposalId, table.voter] }), index('votes_voter').on(table.voter)],
);

/** TokenVoting's settings, the last of which are in force: of them what bounds the veto of binding votes. */
export const votingSettings = covey.table(
  'voting_settings',
  {
    /** Seconds. */
    minDuration: count().notNull(),
    ...source(),
  },
  (table) => [primaryKey({ columns: [table.blockNumber, table.logIndex] })],
);

/** From when a decided version of the policy holds. */
export const policyVersions = covey.table('policy_versions', {
  version: integer().primaryKey(),
  effectiveAt: count().notNull(),
  ...source(),
});

export const policyChanges = covey.table(
  'policy_changes',
  {
    version: integer().notNull(),
    param: integer().notNull(),
    oldValue: uint().notNull(),
    newValue: uint().notNull(),
    ...source(),
  },
  (table) => [
    primaryKey({ columns: [table.blockNumber, table.logIndex] }),
    index('policy_changes_param').on(table.param),
  ],
);

export const scorerChanges = covey.table(
  'scorer_changes',
  { version: integer().notNull(), oldScorer: hex().notNull(), newScorer: hex().notNull(), ...source() },
  (table) => [primaryKey({ columns: [table.blockNumber, table.logIndex] })],
);
