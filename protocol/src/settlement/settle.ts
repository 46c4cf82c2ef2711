import type { PolicyValues } from '../policy.ts';
import { ONE } from '../ratio.ts';
import { effectiveStake, payRole, rankWeights, splitRoles, stakePower } from './arithmetic.ts';
import type { Payout } from './arithmetic.ts';

export type SettlementPolicy = Pick<
  PolicyValues,
  'gamma' | 'rankRatio' | 'delegationWeight' | 'trainerStakeQuarterPower' | 'validatorStakeQuarterPower' | 'unlockRatio'
>;

export interface SettlementNode {
  id: string;
  ownStake: bigint;
  delegatedStake: bigint;
  /** Scaled by 1e18. */
  commission: bigint;
}

export interface SettlementTrainer extends SettlementNode {
  /** Any order-preserving integer, lower is better; `null` for an invalid submission. */
  loss: bigint | null;
}

export interface SettlementValidator extends SettlementNode {
  /** Revealed the accepted result. */
  agreed: boolean;
}

export interface SettlementInput {
  pool: bigint;
  policy: SettlementPolicy;
  trainers: readonly SettlementTrainer[];
  validators: readonly SettlementValidator[];
}

export type PayoutOf<Id> = Payout & { id: Id };

export interface Settlement {
  trainers: PayoutOf<string>[];
  validators: PayoutOf<string>[];
  /** What rounding and roles without anybody leave; paid + carried = pool. */
  carried: bigint;
}

/** Splits a round's pool, from stakes and losses. The same arithmetic as RewardDistributor, to the wei. */
export function settle({ pool, policy, trainers, validators }: SettlementInput): Settlement {
  const ranked = rankWeights(
    trainers.map((t) => t.loss),
    policy.rankRatio,
  );
  const trainerMembers = trainers.map((t, i) => {
    const weight = ranked[i]?.weight ?? 0n;
    const effective = effectiveStake(t.ownStake, t.delegatedStake, policy.delegationWeight);
    return {
      weight: weight * stakePower(effective, policy.trainerStakeQuarterPower),
      ownWeight: weight * stakePower(t.ownStake, policy.trainerStakeQuarterPower),
      commission: t.commission,
    };
  });
  const validatorMembers = validators.map((v) => validatorMember(v, v.agreed, policy));

  const split = splitRoles(
    pool,
    policy.gamma,
    trainers.reduce((sum, t) => (t.loss === null ? sum : sum + t.ownStake), 0n),
    validators.reduce((sum, v) => (v.agreed ? sum + v.ownStake : sum), 0n),
  );
  const trainerPayouts = payRole(split.trainers, trainerMembers, policy.unlockRatio);
  const validatorPayouts = payRole(split.validators, validatorMembers, ONE);
  const paid = [...trainerPayouts, ...validatorPayouts].reduce((sum, p) => sum + p.total, 0n);
  return {
    trainers: withIds(trainers, trainerPayouts),
    validators: withIds(validators, validatorPayouts),
    carried: pool - paid,
  };
}

export function validatorMember(
  stake: { ownStake: bigint; delegatedStake: bigint; commission: bigint },
  agreed: boolean,
  policy: Pick<SettlementPolicy, 'delegationWeight' | 'validatorStakeQuarterPower'>,
) {
  const effective = effectiveStake(stake.ownStake, stake.delegatedStake, policy.delegationWeight);
  return {
    weight: agreed ? stakePower(effective, policy.validatorStakeQuarterPower) : 0n,
    ownWeight: agreed ? stakePower(stake.ownStake, policy.validatorStakeQuarterPower) : 0n,
    commission: stake.commission,
  };
}

function withIds(nodes: readonly SettlementNode[], payouts: readonly Payout[]): PayoutOf<string>[] {
  return payouts.map((payout, i) => ({ id: nodes[i]?.id ?? '', ...payout }));
}
