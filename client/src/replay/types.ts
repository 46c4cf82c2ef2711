import type { CaseStateName, ReasonName } from '@covey/contracts/abi';
import type { Payout, PolicyValues, Ranking, TaskMode, Verdict } from '@covey/protocol';
import type { Address } from 'viem';

export type ReplayRole = 'trainer' | 'validator';

export interface ReplayStake {
  /** Wei, at the end of the second before the round opened; commission scaled by 1e18. */
  own: bigint;
  delegated: bigint;
  commission: bigint;
}

export interface ReplaySubmission {
  /** Order of the reveals, from 0. */
  index: number;
  node: Address;
  verdict: Verdict;
  /** Unit 2^-32 nat; null where it was not scored. */
  loss: bigint | null;
  contribution: bigint | null;
  stake: ReplayStake;
}

export interface ReplayValidator {
  validator: Address;
  seats: number;
  /** Which submissions it could fetch; null where it attested nothing. */
  available: ReadonlySet<number> | null;
  revealed: boolean;
  /** Revealed the accepted result. */
  agreed: boolean;
  stake: ReplayStake;
}

/** What the chain says a node was paid for a round, or would be if it claimed. */
export interface PaidOnChain {
  role: ReplayRole;
  node: Address;
  payout: Payout;
  /** `claimed`: by the event of its claim. `claimable`: as the contract's open claims pay it. `unopened`: claims are not open yet. */
  source: 'claimed' | 'claimable' | 'unopened';
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
  /** Wei. */
  pool: bigint;
  seats: number;
  /** Loss of the model that the round started from. */
  baselineLoss: bigint | null;
  submissions: readonly ReplaySubmission[];
  validators: readonly ReplayValidator[];
  paid: readonly PaidOnChain[];
  /** Accepted by the DAO's ruling, whatever the seats said. */
  ruled: boolean;
}

export interface ReplayCase {
  caseId: bigint;
  target: Address;
  reporter: Address;
  reason: ReasonName;
  state: Exclude<CaseStateName, 'none'>;
  /** The target's stake that the ratio is taken of, own and delegated, in wei. */
  stake: bigint;
  ratio: bigint;
  reporterShare: bigint;
  amount: bigint;
  /** Wei that the pool has lost, and what of it has been collected so far, each collection by itself. */
  taken: bigint;
  collections: readonly { amount: bigint; toReporter: bigint }[];
}

export interface ReplayPurchase {
  listingId: bigint;
  buyer: Address;
  block: bigint;
  price: bigint;
  fee: bigint;
  toCreator: bigint;
  toContributors: bigint;
  /** The fee's ratio that was in force. */
  marketFee: bigint;
}

export interface EmissionState {
  mints: bigint;
  /** Wei of the community share that is not minted yet. */
  remaining: bigint;
  /** What the contract says that the next mint is. */
  nextAmount: bigint;
  /** Exponent in quarters with which stake counts in the running epoch. */
  stakeQuarterPower: bigint;
  /** Running tasks: multiplier scaled by 1e18, stake behind the last paid round in wei. */
  tasks: readonly { taskId: bigint; multiplier: bigint; stakeBehind: bigint }[];
}
