import { policyNumbers } from '@covey/contracts/abi/policy-numbers';
import type { SettlementPolicy } from '@covey/protocol';

export const TOKEN = 10n ** 18n;

/** Governed numbers as a new deployment has them. */
export function initialPolicy(): SettlementPolicy {
  const { roundFee, trainerShare, rankRatio, delegationWeight, unlockRatio } = policyNumbers;
  const { securityRatio, creationRatio, trainerSeats, validatorSeats } = policyNumbers;
  return {
    roundFee: roundFee.initial,
    trainerShare: trainerShare.initial,
    rankRatio: rankRatio.initial,
    delegationWeight: delegationWeight.initial,
    unlockRatio: unlockRatio.initial,
    securityRatio: securityRatio.initial,
    creationRatio: creationRatio.initial,
    trainerSeats: trainerSeats.initial,
    validatorSeats: validatorSeats.initial,
  };
}
