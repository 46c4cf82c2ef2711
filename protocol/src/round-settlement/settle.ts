import {
  allRanks,
  dividePayout,
  rankedWeights,
  roundParts,
  trainerByContribution,
  trainerByRank,
  validatorTotal,
} from './arithmetic.ts';
import type { Ranking } from '../modes.ts';
import { ONE } from '../ratio.ts';
import type { PaidStake, RoundPayout, RoundPolicy, RoundPool, SecuringStake } from './arithmetic.ts';

export interface SettledTrainer extends PaidStake {
  id: string;
  seats: number;
  /** A loss (lower is better) or a contribution (above 0 is paid), by the round's ranking; `null` for an invalid submission. */
  score: bigint | null;
}

export interface SettledValidator extends PaidStake {
  id: string;
  seats: number;
  /** Revealed the accepted result. */
  agreed: boolean;
}

export interface SettleRoundInput {
  pool: RoundPool;
  stake: SecuringStake;
  ranking: Ranking;
  policy: RoundPolicy;
  trainers: readonly SettledTrainer[];
  validators: readonly SettledValidator[];
}

export type RoundPayoutOf = RoundPayout & { id: string };

/** fee + all totals + carried = pool.units + pool.common. */
export interface SettledRound {
  fee: bigint;
  trainers: RoundPayoutOf[];
  validators: RoundPayoutOf[];
  carried: bigint;
}

/** Settles a round, to the wei as `RoundSettlement.sol` does. */
export function settleBySeats({ pool, stake, ranking, policy, trainers, validators }: SettleRoundInput): SettledRound {
  const parts = roundParts(pool, stake, policy);
  const totals =
    ranking === 'loss' ? byLoss(parts.trainers, trainers, policy) : byContribution(parts.trainers, trainers, policy);
  const paidTrainers = trainers.map((trainer, i) => ({
    id: trainer.id,
    ...dividePayout(totals[i] ?? 0n, trainer, policy.delegationWeight, policy.unlockRatio),
  }));
  const paidValidators = validators.map((validator) => {
    const total = validator.agreed ? validatorTotal(parts.validators, validator.seats, policy) : 0n;
    return { id: validator.id, ...dividePayout(total, validator, policy.delegationWeight, ONE) };
  });
  const paid = [...paidTrainers, ...paidValidators].reduce((sum, { total }) => sum + total, 0n);
  return {
    fee: parts.fee,
    trainers: paidTrainers,
    validators: paidValidators,
    carried: pool.units + pool.common - parts.fee - paid,
  };
}

function byLoss(part: bigint, trainers: readonly SettledTrainer[], policy: RoundPolicy): bigint[] {
  const weights = allRanks(policy);
  return rankedWeights(trainers, policy.rankRatio).map((weight) => trainerByRank(part, weight, weights));
}

function byContribution(part: bigint, trainers: readonly SettledTrainer[], policy: RoundPolicy): bigint[] {
  // Who has no seat has no part, and none of the sum.
  const positive = trainers.map(({ score, seats }) => (seats > 0 && score !== null && score > 0n ? score : 0n));
  const sum = positive.reduce((a, b) => a + b, 0n);
  return trainers.map(({ seats }, i) => {
    const contribution = positive[i] ?? 0n;
    return contribution === 0n ? 0n : trainerByContribution(part, contribution, sum, seats, policy);
  });
}
