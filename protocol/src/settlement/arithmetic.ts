import { roundSettlementConstants } from '@covey/contracts/abi/constants';
import { ONE } from '../ratio.ts';
import type { Ranking } from '../modes.ts';
import type { SettlementPolicy } from '../policy.ts';

// BigInts, so that nothing overflows here. The contracts' words hold every product too: amounts are below 2^90 (the cap of
// 1e27 wei), ratios and rank weights of one rank at most 1e18 < 2^60, seats at most 2^10, and what is multiplied by a
// contribution (2^80) or its sum (2^90) goes through `Math.mulDiv`.

/** What a round was given (`ITaskManager.sol` RoundFunds), wei: `units` is of funders, `common` nobody's. */
export interface RoundFunds {
  units: bigint;
  common: bigint;
  /** What is at stake for the round's key, as it opened. */
  creationStake: bigint;
}

/** fee + trainers + validators = secured, the most that a round pays. */
export interface RoundParts {
  secured: bigint;
  fee: bigint;
  trainers: bigint;
  validators: bigint;
}

const times = (amount: bigint, ratio: bigint): bigint => (amount * ratio) / ONE;
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const ceilDivide = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;
const sumOf = (all: readonly bigint[]): bigint => all.reduce((sum, one) => sum + one, 0n);

/** The part of a stake, own or delegated, that is allocated to a task. */
export function allocatedStake(stake: bigint, ratio: bigint): bigint {
  return times(stake, ratio);
}

/** own + what delegated stake counts: a node's length on the line of its role, and its stake behind a result. */
export function effectiveStake(own: bigint, delegated: bigint, delegationWeight: bigint): bigint {
  return own + times(delegated, delegationWeight);
}

/**
 * What a round pays at most, split.
 *
 * @param stakeBehind Effective stake of the validators on the accepted result, each once.
 */
export function roundParts(funds: RoundFunds, stakeBehind: bigint, policy: SettlementPolicy): RoundParts {
  const secured = least(
    times(stakeBehind, policy.securityRatio),
    least(funds.units, times(funds.creationStake, policy.creationRatio)) + funds.common,
  );
  const fee = times(secured, policy.roundFee);
  const trainers = times(secured - fee, policy.trainerShare);
  return { secured, fee, trainers, validators: secured - fee - trainers };
}

/** What validators with so many seats get: one for its own, all that agree at most for theirs together. */
export function validatorTotal(validatorsPart: bigint, seats: number, policy: SettlementPolicy): bigint {
  return (validatorsPart * BigInt(seats)) / policy.validatorSeats;
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

/** What claims are measured by. */
export type RankPolicy = Pick<SettlementPolicy, 'rankRatio' | 'trainerSeats'>;

/** The weights of all ranks of a round, taken or not. */
export function allRanks(policy: RankPolicy): bigint {
  return span(ONE, Number(policy.trainerSeats), policy.rankRatio).sum;
}

export interface Scored {
  seats: number;
  /** A loss, or a contribution, by the ranking; `null` for what is not paid. */
  score: bigint | null;
}

/** What each trainer's leaf in the claims tree weighs, in the order given; 0 without a claim. */
export function trainerWeights(ranking: Ranking, trainers: readonly Scored[], rankRatio: bigint): bigint[] {
  if (ranking === 'loss') return rankedWeights(trainers, rankRatio);
  return trainers.map(({ score, seats }) => (seats > 0 && score !== null && score > 0n ? score : 0n));
}

/** Lower scores rank higher; equal ones share the weights that they span by seats. */
function rankedWeights(trainers: readonly Scored[], rankRatio: bigint): bigint[] {
  const seatsOfScore = new Map<bigint, number>();
  for (const { score, seats } of trainers)
    if (score !== null) seatsOfScore.set(score, (seatsOfScore.get(score) ?? 0) + seats);
  const weightOfScore = new Map<bigint, bigint>();
  let weight: bigint = ONE;
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

/** A claim's share before its weight is read: by rank of all ranks, by contribution of all contributions. */
export interface ClaimBasis {
  ranking: Ranking;
  /** Σ weights of the claims. */
  sumWeights: bigint;
  /** What they can take together of the trainers' part (`trainersRatio`). */
  trainersRatio: bigint;
}

export interface ClaimWeight {
  weight: bigint;
  /** Of its node. */
  seats: number;
}

/** What claims rest on, by the claims themselves. */
export function claimBasis(ranking: Ranking, claims: readonly ClaimWeight[], policy: RankPolicy): ClaimBasis {
  const sumWeights = sumOf(claims.map(({ weight }) => weight));
  return { ranking, sumWeights, trainersRatio: trainersRatio(ranking, claims, sumWeights, policy) };
}

/**
 * How much of the trainers' part the claims can take together, 1e18 = all. Each quotient rounds up, so that what goes back as
 * claims open leaves enough for each.
 */
function trainersRatio(
  ranking: Ranking,
  claims: readonly ClaimWeight[],
  sumWeights: bigint,
  policy: RankPolicy,
): bigint {
  if (ranking === 'loss') return least(ONE, ceilDivide(ONE * sumWeights, allRanks(policy)));
  const shares = claims
    .filter(({ weight }) => weight > 0n)
    .map(({ weight, seats }) =>
      least(
        ceilDivide(ONE * weight, sumWeights),
        ceilDivide(ONE * roundSettlementConstants.CONTRIBUTION_CAP * BigInt(seats), policy.trainerSeats),
      ),
    );
  return least(ONE, sumOf(shares));
}

/** A trainer's total. */
export function trainerTotal(
  trainersPart: bigint,
  { weight, seats }: ClaimWeight,
  { ranking, sumWeights }: ClaimBasis,
  policy: SettlementPolicy,
): bigint {
  if (weight === 0n) return 0n;
  if (ranking === 'loss') return (trainersPart * weight) / allRanks(policy);
  return least((trainersPart * weight) / sumWeights, contributionCap(trainersPart, seats, policy));
}

/**
 * The most that all claims of trainers take together, to a wei and 1e-18 of the part for each: what is above it is carried as
 * soon as claims open.
 */
export function trainersMax(trainersPart: bigint, { trainersRatio: ratio }: ClaimBasis): bigint {
  return times(trainersPart, ratio);
}

/** By contribution a trainer gets at most a few times its seats' share. */
function contributionCap(trainersPart: bigint, seats: number, policy: SettlementPolicy): bigint {
  return (trainersPart * roundSettlementConstants.CONTRIBUTION_CAP * BigInt(seats)) / policy.trainerSeats;
}

/** Amounts in wei; node = total − delegators = unlocked + vesting. */
export interface Payout {
  total: bigint;
  node: bigint;
  delegators: bigint;
  unlocked: bigint;
  vesting: bigint;
}

/** What a round counts of a node's stake: the part that is allocated to it. */
export interface PaidStake {
  ownStake: bigint;
  delegatedStake: bigint;
  /** Scaled by 1e18. */
  commission: bigint;
}

/** Divides a node's total among delegators and node, now and later. `unlockRatio` is `ONE` where nothing vests. */
export function dividePayout(total: bigint, stake: PaidStake, delegationWeight: bigint, unlockRatio: bigint): Payout {
  const counted = times(stake.delegatedStake, delegationWeight);
  const delegators =
    counted === 0n ? 0n : (total * counted * (ONE - stake.commission)) / ((stake.ownStake + counted) * ONE);
  const node = total - delegators;
  const unlocked = times(node, unlockRatio);
  return { total, node, delegators, unlocked, vesting: node - unlocked };
}
