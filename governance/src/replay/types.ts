import type { Address } from 'viem';
import type { PaidOnChain, ReplayCase, ReplayRole } from '@covey/client';
import type { Payout } from '@covey/protocol';
import type { ParamName, ReasonName } from '@covey/contracts/abi/enums';
import type { PolicySetting } from '../catalogue/policy.ts';

/**
 * Why a node would have had no part in the round. `noSeats`: it would have drawn none. `notCounted`: too few seats would
 * have had its submission.
 */
export type Refusal = 'minTrainerStake' | 'minValidatorStake' | 'noSeats' | 'notCounted' | 'arenaMargin';

export interface NodeReplay {
  role: ReplayRole;
  node: Address;
  /** Of a training node: its submission. */
  index?: number;
  /** That it drew, and would have drawn. */
  seats: { recomputed: number; proposed: number };
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

export type RoundOutcome = 'accepted' | 'contested' | 'void';

/** What a round's replay leaves open or says of its course; each is shown beside its figures. */
export type ReplayNote =
  /** The seats are drawn again, with the round's seed: who had none before does nothing with those that it would have had. */
  | 'seats-drawn'
  /** Other updates would have been aggregated, or the same by other seats: scores were measured with what there was. */
  | 'scores-with-all'
  /** A submission would count that nobody has scored, because it did not count: it is left out. */
  | 'unscored'
  /** Another submission or none would have won: later rounds would start from another model. */
  | 'other-base'
  /** The copy of a refused submission might have counted in its place. */
  | 'duplicates'
  /** The pool would have been too small to open the round. */
  | 'too-small'
  /** Void at the draw: a role would have had nobody, or the validators' stake secured too little. */
  | 'unsecured'
  /** Too few would have attested, or nothing counted: validators would have been drawn anew. */
  | 'repeated'
  /** Too few seats would have been on the result: without a challenge's ruling nobody is paid. */
  | 'not-accepted';

export interface RoundReplay {
  taskId: bigint;
  round: number;
  policyVersion: number;
  pool: bigint;
  outcome: RoundOutcome;
  nodes: NodeReplay[];
  /** To the treasury; fee + paid + carried = pool. */
  fee: { recomputed: bigint; proposed: bigint };
  carried: { recomputed: bigint; proposed: bigint };
  /** Of the emission, into the common part of its task. */
  emission: { recomputed: bigint; proposed: bigint };
  /** Every node's `recomputed` is what was paid, and that of the emission what the round earned, to the wei. */
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
  /** The same, of who challenged with the result that stands. */
  toChallenger: { recomputed: bigint; proposed: bigint };
  exact: boolean;
}

export interface PurchaseReplay {
  listingId: bigint;
  /** Of a sealed model; null where a licence of an open one was bought. */
  orderId: bigint | null;
  buyer: Address;
  price: bigint;
  fee: { recomputed: bigint; proposed: bigint };
  toContributors: { recomputed: bigint; proposed: bigint };
  exact: boolean;
}

export interface EmissionReplay {
  /** Wei a day from today on that rounds may earn at most, as things stand and as proposed. */
  days: { current: bigint; proposed: bigint }[];
  /** What the rounds looked at earned for their tasks, and would have. */
  tasks: { taskId: bigint; current: bigint; proposed: bigint }[];
  /** Today's amount, recomputed, is the contract's. */
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
