import { genesisConstants, stakeAllocationsConstants } from '@covey/contracts/abi/constants';
import { policyNumbers } from '@covey/contracts/abi/policy-numbers';
import { earnedUnder, type Earner } from '@covey/governance';
import type { SettlementPolicy } from '@covey/protocol';

/** What a task's rounds earn by, beside their own stake. */
export interface EmissionTerms {
  /** The task's, as the DAO set it: 1e18 = 1. */
  multiplier: bigint;
  /** All stake that is allocated to any task, wei. */
  allocated: bigint;
  /** From a round's draw, which is the first second of its day, to its close on the same day. */
  seconds: bigint;
}

/** What a finalized round earns, wei, on a day of the first period. */
export function emissionOf(
  { multiplier, allocated, seconds }: EmissionTerms,
  earner: Earner,
  policy: SettlementPolicy,
) {
  const { emissionDaily, emissionDecay, emissionPeriod } = policyNumbers;
  return earnedUnder(
    {
      ...{ multiplier, start: 0, firstDay: 0n, days: [], startIntegral: 0n, minted: 0n },
      endIntegral: (stakeAllocationsConstants.INTEGRAL_SCALE * seconds) / allocated,
      communityShare: genesisConstants.COMMUNITY,
    },
    earner,
    {
      securityRatio: policy.securityRatio,
      emissionDaily: emissionDaily.initial,
      emissionDecay: emissionDecay.initial,
      emissionPeriod: emissionPeriod.initial,
    },
  );
}
