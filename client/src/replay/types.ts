import type { CaseStateName, ReasonName } from '@covey/contracts/abi';
import type { Missing, Payout, PolicyValues, Ranking, RoundFunds, TaskMode, Verdict } from '@covey/protocol';
import type { Address, Hex } from 'viem';

export type ReplayRole = 'trainer' | 'validator';

export interface ReplayStake {
  /** Wei: the part that the round bound of what it was at the end of the second before the round opened, each floored. */
  own: bigint;
  delegated: bigint;
  /** Scaled by 1e18. */
  commission: bigint;
}

/** Who joined, in the order on the line of seats; its effective stake is its length there. */
export interface ReplayCandidate {
  node: Address;
  /** That it drew. */
  seats: number;
  stake: ReplayStake;
}

export interface ReplaySubmission {
  /** Order of the reveals, from 0. */
  index: number;
  node: Address;
  seats: number;
  verdict: Verdict;
  /** Unit 2^-32 nat; null where it was not scored. */
  loss: bigint | null;
  contribution: bigint | null;
  /** Of its leaf in the accepted claims tree; 0 without one. */
  weight: bigint;
  stake: ReplayStake;
}

/** A candidate of the attempt that led to the result. */
export interface ReplayValidator extends ReplayCandidate {
  /** What it could not fetch; null where it revealed no attestation. */
  missing: Missing | null;
  revealed: boolean;
  /** Revealed the accepted result. */
  agreed: boolean;
}

/** What the chain says a node was paid for a round, or would be if it claimed. */
export interface PaidOnChain {
  role: ReplayRole;
  node: Address;
  payout: Payout;
  /** `claimed`: by the event of its claim. `claimable`: what a claim would pay. */
  source: 'claimed' | 'claimable';
}

/** Everything about an accepted round that settling it again depends on. */
export interface ReplayRound {
  taskId: bigint;
  round: number;
  mode: TaskMode;
  ranking: Ranking;
  policyVersion: number;
  /** The policy that it was opened with. */
  policy: PolicyValues;
  /** The task's own minima, in wei; the larger of them and the policy's counts. */
  minTrainerStake: bigint;
  minValidatorStake: bigint;
  /** What it was given, in wei. */
  funds: RoundFunds;
  trainerSeats: number;
  validatorSeats: number;
  trainerSeed: Hex | null;
  validatorSeed: Hex | null;
  /** Loss of the model that the round started from. */
  baselineLoss: bigint | null;
  trainers: readonly ReplayCandidate[];
  submissions: readonly ReplaySubmission[];
  validators: readonly ReplayValidator[];
  /** Effective stake of the validators on the accepted result, in wei. */
  stakeBehind: bigint;
  paid: readonly PaidOnChain[];
  /** Accepted by the DAO's ruling, whatever the seats said. */
  ruled: boolean;
  emission: ReplayEmission;
}

/** What a round's emission follows from. */
export interface ReplayEmission {
  /** From when until when it earned, unix seconds, with the stake's inverse integral at both. */
  start: number;
  end: number;
  startIntegral: bigint;
  endIntegral: bigint;
  /** The task's, as it is now; 1e18 = 1. */
  multiplier: bigint;
  /** Σ effective stake of the candidates, in wei. */
  trainerStake: bigint;
  validatorStake: bigint;
  /** Seats of the training nodes that are paid, and of the validators on the accepted result. */
  paidSeats: number;
  agreeingSeats: number;
  earned: boolean;
  /** What it earned, or would if somebody asked for it now; wei. */
  earning: bigint;
  /** Of the community share, in wei: all of it, and what of it was minted before. */
  communityShare: bigint;
  minted: bigint;
  /** The day (since 1970, UTC) from which the emission counts its days. */
  firstDay: bigint;
  /** The stake's inverse integral at each beginning of a day between start and end. */
  days: readonly bigint[];
}

export interface ReplayCase {
  caseId: bigint;
  target: Address;
  reporter: Address;
  reason: ReasonName;
  state: Exclude<CaseStateName, 'none'>;
  /** What the round read of the target's stake, own and delegated, in wei: the ratio is taken of it. */
  stake: bigint;
  ratio: bigint;
  /** The most that the reporter gets, in wei, and the part of who challenged with the right result, 1e18 = all. */
  reporterCap: bigint;
  challengerShare: bigint;
  amount: bigint;
  /** Wei that the pool has lost, and what of it has been collected so far, each collection by itself. */
  taken: bigint;
  collections: readonly { amount: bigint; toReporter: bigint; toChallenger: bigint }[];
}

export interface ReplayPurchase {
  listingId: bigint;
  /** Of a sealed model; null where a licence of an open one was bought. */
  orderId: bigint | null;
  buyer: Address;
  block: bigint;
  price: bigint;
  fee: bigint;
  toSeller: bigint;
  toContributors: bigint;
  /** The fee's ratio that was in force: of a sealed model, when it was ordered. */
  marketFee: bigint;
}

export interface EmissionState {
  minted: bigint;
  /** Wei of the community share that is not minted yet. */
  remaining: bigint;
  /** Days (UTC) since emission began, and what this one may emit at most. */
  day: bigint;
  today: bigint;
  /** Stake that is allocated as trainer or validator now, over which a day's amount spreads; wei. */
  totalAllocated: bigint;
  /** Running tasks with rounds to come; multiplier scaled by 1e18. */
  tasks: readonly { taskId: bigint; multiplier: bigint }[];
}
