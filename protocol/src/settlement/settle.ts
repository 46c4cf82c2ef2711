import type { SettlementPolicy } from '../policy.ts';
import { ONE } from '../ratio.ts';
import { dividePayout, roundParts, trainerTotal, trainersMax, validatorTotal } from './arithmetic.ts';
import type { ClaimBasis, PaidStake, Payout, RoundFunds, RoundParts } from './arithmetic.ts';

/** A leaf of the claims tree, with what the chain knows of its node. */
export interface ClaimingTrainer extends PaidStake {
  id: string;
  seats: number;
  /** 0 for a submission that is not paid. */
  weight: bigint;
}

/** A validator on the accepted result. */
export interface AgreeingValidator extends PaidStake {
  id: string;
  seats: number;
}

export interface SettleRoundParameters {
  funds: RoundFunds;
  /** Effective stake in wei of the validators on the accepted result (`Results.agreement`). */
  stakeBehind: bigint;
  policy: SettlementPolicy;
  /** As the accepted summary has it, or as `claimBasis` gives it. */
  basis: ClaimBasis;
  trainers: readonly ClaimingTrainer[];
  /** All that agreed. */
  validators: readonly AgreeingValidator[];
}

export type PayoutOf = Payout & { id: string };

/** Wei. fee + paid + carried = units + common. */
export interface SettledRound {
  parts: RoundParts;
  fee: bigint;
  trainers: PayoutOf[];
  validators: PayoutOf[];
  /** All totals, once everybody has claimed. */
  paid: bigint;
  /** Back to the task's budget in the end. */
  carried: bigint;
  /** Of that, what goes back when claims open: nobody can have earned it. */
  carriedAtOnce: bigint;
}

/** Settles a round, to the wei as `RewardDistributor.sol` does by `RoundSettlement.sol`. */
export function settleRound(p: SettleRoundParameters): SettledRound {
  const { funds, policy, basis } = p;
  const parts = roundParts(funds, p.stakeBehind, policy);
  const trainers = p.trainers.map((trainer) => ({
    id: trainer.id,
    ...dividePayout(
      trainerTotal(parts.trainers, trainer, basis, policy),
      trainer,
      policy.delegationWeight,
      policy.unlockRatio,
    ),
  }));
  const validators = p.validators.map((validator) => ({
    id: validator.id,
    ...dividePayout(validatorTotal(parts.validators, validator.seats, policy), validator, policy.delegationWeight, ONE),
  }));
  const pool = funds.units + funds.common;
  const paid = [...trainers, ...validators].reduce((sum, { total }) => sum + total, 0n);
  const agreeing = p.validators.reduce((sum, { seats }) => sum + seats, 0);
  const validatorsMax = validatorTotal(parts.validators, agreeing, policy);
  return {
    parts,
    fee: parts.fee,
    trainers,
    validators,
    paid,
    carried: pool - parts.fee - paid,
    carriedAtOnce: pool - parts.fee - validatorsMax - trainersMax(parts.trainers, basis),
  };
}
