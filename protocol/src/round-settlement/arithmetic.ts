import { roundSettlementConstants } from '@covey/contracts/abi/constants';
import { ONE } from '../ratio.ts';

/** Where ranking is by contribution, a trainer gets at most so many times its seats' share. */
const { CONTRIBUTION_CAP } = roundSettlementConstants;

/** Amounts in wei. `units` belongs to funders, `common` to nobody. */
export interface RoundPool {
  units: bigint;
  common: bigint;
}

/** What may be lost when the round's verdict (`behind`) or its key (`creation`) turns out to be false, in wei. */
export interface SecuringStake {
  behind: bigint;
  creation: bigint;
}

/** Numbers of a round's policy; ratios scaled by 1e18. */
export interface RoundPolicy {
  roundFee: bigint;
  trainerShare: bigint;
  rankRatio: bigint;
  delegationWeight: bigint;
  unlockRatio: bigint;
  securityRatio: bigint;
  creationRatio: bigint;
  trainerSeats: number;
  validatorSeats: number;
}

/** fee + trainers + validators = what is secured. */
export interface RoundParts {
  fee: bigint;
  trainers: bigint;
  validators: bigint;
}

const times = (amount: bigint, ratio: bigint): bigint => (amount * ratio) / ONE;
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** What a round pays at most, split; each function is the one of its name in `RoundSettlement.sol`. */
export function roundParts(pool: RoundPool, stake: SecuringStake, policy: RoundPolicy): RoundParts {
  const secured = least(
    times(stake.behind, policy.securityRatio),
    least(pool.units, times(stake.creation, policy.creationRatio)) + pool.common,
  );
  const fee = times(secured, policy.roundFee);
  const trainers = times(secured - fee, policy.trainerShare);
  return { fee, trainers, validators: secured - fee - trainers };
}

export function validatorTotal(validatorsPart: bigint, seats: number, policy: RoundPolicy): bigint {
  return (validatorsPart * BigInt(seats)) / BigInt(policy.validatorSeats);
}

/** Sum of the weights of `seats` consecutive ranks of which the first weighs `weight`, and the weight of the next. */
function span(weight: bigint, seats: number, rankRatio: bigint): { sum: bigint; next: bigint } {
  let sum = 0n;
  let next = weight;
  for (let rank = 0; rank < seats; rank++) {
    sum += next;
    next = times(next, rankRatio);
  }
  return { sum, next };
}

/** The weights of all ranks of a round, taken or not. */
export function allRanks(policy: RoundPolicy): bigint {
  return span(ONE, policy.trainerSeats, policy.rankRatio).sum;
}

export interface Ranked {
  seats: number;
  /** Lower is better; `null` for what has no rank. */
  score: bigint | null;
}

/** What each weighs, scaled by 1e18, in the order given: equal scores share the weights that they span by seats. */
export function rankedWeights(trainers: readonly Ranked[], rankRatio: bigint): bigint[] {
  const seatsOfScore = new Map<bigint, number>();
  for (const { score, seats } of trainers)
    if (score !== null) seatsOfScore.set(score, (seatsOfScore.get(score) ?? 0) + seats);
  const weightOfScore = new Map<bigint, bigint>();
  let weight = ONE;
  for (const [score, seats] of [...seatsOfScore].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
    const { sum, next } = span(weight, seats, rankRatio);
    weightOfScore.set(score, sum);
    weight = next;
  }
  return trainers.map(({ score, seats }) => {
    const spanned = score === null || seats === 0 ? 0n : (weightOfScore.get(score) ?? 0n);
    return spanned === 0n ? 0n : (spanned * BigInt(seats)) / BigInt(seatsOfScore.get(score!) ?? 0);
  });
}

export function trainerByRank(trainersPart: bigint, weight: bigint, weights: bigint): bigint {
  return (trainersPart * weight) / weights;
}

/** `contribution` is positive, like all that `contributions` sums. */
export function trainerByContribution(
  trainersPart: bigint,
  contribution: bigint,
  contributions: bigint,
  seats: number,
  policy: RoundPolicy,
): bigint {
  return least(
    (trainersPart * contribution) / contributions,
    (trainersPart * CONTRIBUTION_CAP * BigInt(seats)) / BigInt(policy.trainerSeats),
  );
}

/** Amounts in wei; node = total − delegators = unlocked + vesting. */
export interface RoundPayout {
  total: bigint;
  node: bigint;
  delegators: bigint;
  unlocked: bigint;
  vesting: bigint;
}

export interface PaidStake {
  ownStake: bigint;
  delegatedStake: bigint;
  /** Scaled by 1e18. */
  commission: bigint;
}

/** Divides a node's total among delegators and node, now and later. `unlockRatio` is 1e18 where nothing vests. */
export function dividePayout(
  total: bigint,
  stake: PaidStake,
  delegationWeight: bigint,
  unlockRatio: bigint,
): RoundPayout {
  const counted = times(stake.delegatedStake, delegationWeight);
  const delegators =
    counted === 0n ? 0n : (total * counted * (ONE - stake.commission)) / ((stake.ownStake + counted) * ONE);
  const node = total - delegators;
  const unlocked = times(node, unlockRatio);
  return { total, node, delegators, unlocked, vesting: node - unlocked };
}
