import type { Address } from 'viem';
import type { ResultDocument } from '../result.ts';
import { ONE } from '../ratio.ts';
import { payRole, splitRoles } from './arithmetic.ts';
import type { Payout } from './arithmetic.ts';
import { validatorMember } from './settle.ts';
import type { SettlementPolicy } from './settle.ts';

/** A validator that revealed the accepted hash, with its stake as the round recorded it. */
export interface AgreeingValidator {
  validator: Address;
  stake: { own: bigint; delegated: bigint; commission: bigint };
}

export interface RoundSettlement {
  trainersPool: bigint;
  validatorsPool: bigint;
  /** One entry a claimant, in the order of submissions. */
  trainers: { index: number; node: Address; payout: Payout }[];
  validators: { validator: Address; payout: Payout }[];
  paid: bigint;
  /** Goes back to the task's budget. */
  carried: bigint;
}

export interface SettleRoundParameters {
  document: ResultDocument;
  validators: readonly AgreeingValidator[];
  pool: bigint;
  policy: Omit<SettlementPolicy, 'rankRatio' | 'trainerStakeQuarterPower'>;
}

/**
 * Payouts of an accepted round, as RewardDistributor pays them: training nodes by the weights of the document,
 * validators by the stakes of those who agreed.
 */
export function settleRound({ document, validators, pool, policy }: SettleRoundParameters): RoundSettlement {
  const claimants = document.submissions.filter((s) => BigInt(s.weight) > 0n);
  const split = splitRoles(
    pool,
    policy.gamma,
    BigInt(document.claims.qualifyingOwnStake),
    validators.reduce((sum, v) => sum + v.stake.own, 0n),
  );
  const trainerPayouts = payRole(
    split.trainers,
    claimants.map((s) => ({
      weight: BigInt(s.weight),
      ownWeight: BigInt(s.ownWeight),
      commission: BigInt(s.stake.commission),
    })),
    policy.unlockRatio,
  );
  const validatorPayouts = payRole(
    split.validators,
    validators.map(({ stake }) =>
      validatorMember(
        { ownStake: stake.own, delegatedStake: stake.delegated, commission: stake.commission },
        true,
        policy,
      ),
    ),
    ONE,
  );
  const paid = [...trainerPayouts, ...validatorPayouts].reduce((sum, payout) => sum + payout.total, 0n);
  return {
    trainersPool: split.trainers,
    validatorsPool: split.validators,
    trainers: claimants.flatMap((s, i) => {
      const payout = trainerPayouts[i];
      return payout ? [{ index: s.index, node: s.node, payout }] : [];
    }),
    validators: validators.flatMap(({ validator }, i) => {
      const payout = validatorPayouts[i];
      return payout ? [{ validator, payout }] : [];
    }),
    paid,
    carried: pool - paid,
  };
}
