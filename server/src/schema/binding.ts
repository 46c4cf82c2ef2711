import { snapshotStates, voteRejections } from '@covey/contracts/abi/enums';
import { z } from 'zod';
import { address, decimal, index, seconds, sourceSchema } from './primitives.ts';
import { decodedActionSchema } from './action.ts';

/** `unregistered`, then the states of `ISnapshotVoting.State`. */
export const bindingStateSchema = z.enum(['unregistered', ...snapshotStates]).exclude(['none']);
export type BindingState = z.output<typeof bindingStateSchema>;

/** Why a submitted vote was left out, as in `ISnapshotVoting.Rejection`. */
export const rejectionSchema = z.enum(voteRejections).exclude(['none']);
export type Rejection = z.output<typeof rejectionSchema>;

/** `ISnapshotVoting.Settings`: ratios in parts of 1,000,000, times in seconds, power in wei. */
export const snapshotSettingsSchema = z.object({
  supportThreshold: index,
  minParticipation: index,
  /** Blocks. */
  maxSnapshotAge: index,
  minDuration: index,
  submissionWindow: index,
  extension: index,
  delay: index,
  executionWindow: index,
  minProposerVotingPower: decimal,
});
export type SnapshotSettings = z.output<typeof snapshotSettingsSchema>;

/** What the message's `plugins` field says it is bound to, and what of it does not fit here. */
export const commitmentSchema = z.object({
  /** As written in the message; anybody can write anything. */
  chainId: z.string(),
  plugin: z.string(),
  actionsHash: z.string(),
  fits: z.boolean(),
  /**
   * Why it could not be registered: `chain`, `plugin` (not the one that the DAO has installed), `actions` (no hash),
   * `format` (not byte for byte what the contract builds), `type`, `choices`, `space`, `privacy`, `started`, `duration`, `snapshot`.
   */
  problems: z.array(z.string()),
});
export type Commitment = z.output<typeof commitmentSchema>;

/** A vote that counts on chain. */
export const onChainVoteSchema = z.object({
  voter: address,
  choice: index,
  /** Wei at the snapshot block. */
  power: decimal,
  /** As signed. */
  timestamp: seconds,
  /** Who brought it on chain. */
  submitter: address,
  at: seconds,
  source: sourceSchema,
});
export type OnChainVote = z.output<typeof onChainVoteSchema>;

export const bindingSummarySchema = z.object({
  plugin: address,
  /** Whether the DAO lets the plugin execute; when not (any more), nothing of it can be executed. */
  installed: z.boolean(),
  state: bindingStateSchema,
  submissionEnd: seconds.nullable(),
  executableFrom: seconds.nullable(),
  executableUntil: seconds.nullable(),
});
export type BindingSummary = z.output<typeof bindingSummarySchema>;

/** What makes a gasless proposal binding. Before its registration all that only the chain knows is null or empty. */
export const bindingSchema = bindingSummarySchema.extend({
  /** From the hub's message; null when the hub does not have it. */
  commitment: commitmentSchema.nullable(),
  registered: z.object({ registrant: address, at: seconds, source: sourceSchema }).nullable(),
  /** Those it was registered under; before that, those in force now. */
  settingsVersion: index.nullable(),
  settings: snapshotSettingsSchema.nullable(),
  /** In parts of 1,000,000: for must be more than this part of for and against. */
  supportThreshold: index.nullable(),
  /** Wei of for and against that participation needs. */
  minPower: decimal.nullable(),
  /** What the chain has counted so far, in wei. */
  tally: z.object({ for: decimal, against: decimal, abstain: decimal, voters: index }),
  /** Whether it would be carried with what the chain has counted so far. */
  carried: z.boolean(),
  actionsHash: z.string().nullable(),
  actions: z.array(decodedActionSchema),
  onChain: z.array(onChainVoteSchema),
  /** How many submitted votes were left out, in all and by reason. */
  rejected: index,
  rejections: z.record(rejectionSchema, index),
  /** Last prolongation of the submission by a late flip of the outcome. */
  extended: z.object({ submissionEnd: seconds, at: seconds, source: sourceSchema }).nullable(),
  executed: z.object({ executor: address, at: seconds, source: sourceSchema }).nullable(),
  vetoed: z.object({ at: seconds, source: sourceSchema }).nullable(),
});
export type Binding = z.output<typeof bindingSchema>;
