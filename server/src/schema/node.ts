import { roles } from '@covey/contracts/abi/enums';
import { z } from 'zod';
import { address, bytes32, cid, decimal, index, seconds, sourceSchema } from './primitives.ts';
import { payoutSchema, resultRowSchema } from './round.ts';
import { slashCaseSchema } from './slash.ts';
import { roundPhaseSchema } from './task.ts';

export const nodeSummarySchema = z.object({
  address,
  /** Wei of active stake: its own, and what others delegated to it. */
  own: decimal,
  delegated: decimal,
  delegators: index,
  /** Part of the delegators' reward that the node keeps, 1e18 = all; and the announced one. */
  commission: decimal,
  nextCommission: z.object({ commission: decimal, effectiveAt: seconds }).nullable(),
  /** Rewards of the delegators in the last 30 days over their stake in that time, a year of it, 1e18 = 100 %. */
  apy: decimal.nullable(),
  /** Open slash cases; stake is frozen while there are any. */
  openCases: index,
  submissions: index,
  validations: index,
  earned: decimal,
  slashed: decimal,
  firstSeen: seconds,
  /** Who acts for it in rounds; null where it does itself. */
  operator: address.nullable(),
  source: sourceSchema,
});
export type NodeSummary = z.output<typeof nodeSummarySchema>;

/** What happens to a node's pool. */
export const stakeEvents = [
  'staked',
  'unstakeRequested',
  'unstaked',
  'commissionAnnounced',
  'frozen',
  'unfrozen',
  'slashed',
  'slashCollected',
  'rewardAdded',
  'rewardClaimed',
] as const;

export const stakeEventSchema = z.object({
  event: z.enum(stakeEvents),
  /** Whose position it was about; null for the whole pool. */
  owner: address.nullable(),
  amount: decimal.nullable(),
  at: seconds,
  source: sourceSchema,
});

/** What a node allocates to a task; ratios of its pool, 1e18 = all. */
export const allocationSchema = z.object({
  taskId: decimal,
  role: z.enum(roles).exclude(['none']),
  ratio: decimal,
  /** What rounds hold of it, and how many do. */
  bound: decimal,
  readers: index,
  at: seconds,
  source: sourceSchema,
});
export type AllocationWire = z.output<typeof allocationSchema>;

/** What somebody holds in a pool, in wei as it is worth now. */
export const positionSchema = z.object({
  node: address,
  owner: address,
  active: decimal,
  unstaking: decimal,
  availableAt: seconds.nullable(),
  rewardsClaimed: decimal,
  source: sourceSchema,
});
export type PositionWire = z.output<typeof positionSchema>;

export const lockStates = ['locked', 'unlocking', 'withdrawn'] as const;

export const lockSchema = z.object({
  id: decimal,
  amount: decimal,
  /** Seconds between asking for the tokens and getting them. */
  notice: index,
  bonus: decimal,
  unlocksAt: seconds.nullable(),
  state: z.enum(lockStates),
  at: seconds,
  source: sourceSchema,
});

/** What an address holds outside its wallet. */
export const accountSchema = z.object({
  address,
  positions: z.array(positionSchema),
  locks: z.array(lockSchema),
});
export type Account = z.output<typeof accountSchema>;

export const nodeSchema = nodeSummarySchema.extend({
  /** The pool: wei behind all its shares. */
  pool: z.object({ tokens: decimal, shares: decimal }),
  allocations: z.array(allocationSchema),
  positions: z.array(positionSchema),
  rewards: z.object({ added: decimal, claimed: decimal, ratePerSecond: decimal, streamEnd: seconds.nullable() }),
  stakeHistory: z.array(stakeEventSchema),
  submissionList: z.array(
    z.object({
      taskId: decimal,
      round: index,
      phase: roundPhaseSchema,
      index: index.nullable(),
      cid: cid.nullable(),
      counted: z.boolean().nullable(),
      result: resultRowSchema.nullable(),
      payout: payoutSchema.nullable(),
      at: seconds,
      source: sourceSchema,
    }),
  ),
  validationList: z.array(
    z.object({
      taskId: decimal,
      round: index,
      phase: roundPhaseSchema,
      resultHash: bytes32.nullable(),
      agreed: z.boolean().nullable(),
      payout: payoutSchema.nullable(),
      at: seconds,
      source: sourceSchema,
    }),
  ),
  revenue: z.array(z.object({ listingId: decimal, round: index, amount: decimal, at: seconds, source: sourceSchema })),
  slashCases: z.array(slashCaseSchema),
});
export type Node = z.output<typeof nodeSchema>;
