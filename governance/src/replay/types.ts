import type { Address } from 'viem';
import type { PaidOnChain, ReplayCase, ReplayRole } from '@covey/client';
import type { Payout } from '@covey/protocol';
import type { ParamName, ReasonName } from '@covey/contracts/abi/enums';
import type { PolicySetting } from '../catalogue/policy.ts';

/** Why a node would have had no part in the round. */
export type Refusal = 'minTrainerStake' | 'minValidatorStake' | 'maxTrainers' | 'availabilityThreshold' | 'arenaMargin';

export interface NodeReplay {
  role: ReplayRole;
  node: Address;
  /** Of a training node: its submission. */
  index?: number;
  paid: Payout;
  source: PaidOnChain['source'];
  /** Settled again under the round's own policy. */
  recomputed: Payout;
  /** `recomputed` is what was paid, to the wei. */
  exact: boolean;
  proposed: Payout;
  /** proposed − recomputed. */
  difference: Payout;
  /** Would have been refused under the proposed values; or, under them only, have had a part. */
  refused?: Refusal;
  admitted?: Refusal;
}

export type RoundOutcome = 'accepted' | 'disputed' | 'void';

/** What a round's replay leaves open; each is shown beside its figures. */
export type ReplayNote =
  /** The seats would have been drawn otherwise: by other stakes, or among fewer candidates. Those that were drawn are used. */
  | 'seats-drawn'
  /** Fewer updates would have been aggregated: the others' scores were measured with all of them. */
  | 'scores-with-all'
  /** A submission would count that nobody has scored, because it did not count: it is left out. */
  | 'unscored'
  /** Another submission or none would have won: later rounds would start from another model. */
  | 'other-base'
  /** No result would have been accepted: without a ruling of the DAO nobody is paid. */
  | 'not-accepted'
  /** The copy of a refused submission might have counted in its place. */
  | 'duplicates';

export interface RoundReplay {
  taskId: bigint;
  round: number;
  policyVersion: number;
  pool: bigint;
  outcome: RoundOutcome;
  nodes: NodeReplay[];
  carried: { recomputed: bigint; proposed: bigint };
  /** Every node's `recomputed` is what was paid, to the wei. */
  exact: boolean;
  notes: ReplayNote[];
}

/** One node over all rounds looked at. */
export interface NodeSum {
  node: Address;
  role: ReplayRole;
  rounds: number;
  recomputed: Payout;
  proposed: Payout;
  difference: Payout;
}

export interface CaseReplay {
  caseId: bigint;
  target: Address;
  reporter: Address;
  reason: ReasonName;
  state: ReplayCase['state'];
  amount: { recomputed: bigint; proposed: bigint };
  /** Of what has been collected, or of the whole amount under another ratio. */
  toReporter: { recomputed: bigint; proposed: bigint };
  exact: boolean;
}

export interface PurchaseReplay {
  listingId: bigint;
  buyer: Address;
  price: bigint;
  fee: { recomputed: bigint; proposed: bigint };
  toContributors: { recomputed: bigint; proposed: bigint };
  exact: boolean;
}

export interface EmissionReplay {
  /** Wei a day from the next mint on, as things stand and as proposed; 0 on a day that starts an epoch. */
  days: { current: bigint; proposed: bigint }[];
  /** What each running task would get of all these days. */
  tasks: { taskId: bigint; current: bigint; proposed: bigint }[];
  /** The first day's amount, recomputed, is the contract's. */
  exact: boolean;
}

export interface NotReplayed extends Pick<PolicySetting, 'param'> {
  /**
   * `timing`: it changes when something happens, and not how much. `behaviour`: what it changes is what people do.
   * `content`: it would need inputs that nobody has, such as scores that were never computed.
   */
  reason: 'timing' | 'behaviour' | 'content';
  detail: string;
}

export type ReplayedBy = 'rounds' | 'cases' | 'purchases' | 'emission';

export interface PolicyReplay {
  changes: readonly PolicySetting[];
  rounds: RoundReplay[];
  /** Everybody who had a part in a round, by the size of the difference. */
  nodes: NodeSum[];
  /** Per role over all rounds; own and delegators' parts are in the payouts. */
  roles: Record<ReplayRole, { recomputed: Payout; proposed: Payout; difference: Payout }>;
  /** Present where a proposed number has to do with them. */
  cases?: CaseReplay[];
  purchases?: PurchaseReplay[];
  emission?: EmissionReplay;
  /** How many were looked at, the newest first, and how many there are. */
  looked: Record<'rounds' | 'cases' | 'purchases', { at: number; of: number }>;
  /** Rounds that could not be read: their documents are nowhere to be had. */
  unread: { taskId: bigint; round: number; code: string; message: string }[];
  notReplayed: NotReplayed[];
  /** Everything that was recomputed under the rules of its time is what happened, to the wei. */
  exact: boolean;
}

export type Changes = Partial<Record<ParamName, bigint>>;
