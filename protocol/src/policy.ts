import { protocolError } from './errors.ts';

/** Names of the governed numbers, in the order of `Param` in `IPolicy.sol` (a test reads that file and compares). */
export const paramNames = [
  'gamma',
  'rankRatio',
  'delegationWeight',
  'trainerStakeQuarterPower',
  'validatorStakeQuarterPower',
  'unlockRatio',
  'vestingDuration',
  'minTrainerStake',
  'minValidatorStake',
  'creationStake',
  'maxTrainers',
  'validatorSeats',
  'minWindow',
  'maxWindow',
  'challengeWindow',
  'disputeWindow',
  'availabilityThreshold',
  'acceptanceThreshold',
  'validatorQuorum',
  'challengeBond',
  'unstakeCooldown',
  'appealWindow',
  'slashResultMismatch',
  'slashNoReveal',
  'slashUnavailable',
  'reporterShare',
  'arenaMargin',
  'marketFee',
  'maxSubmissionBytes',
  'slashSilence',
  'minDelegation',
  'maxCommission',
  'commissionNotice',
  'rewardStream',
  'emissionDaily',
  'emissionDecay',
  'emissionPeriod',
  'taskStakeQuarterPower',
  'policyNotice',
] as const;

export type ParamName = (typeof paramNames)[number];

/** All governed numbers of one policy version. Ratios are scaled by 1e18, durations seconds, stakes wei. */
export type PolicyValues = Record<ParamName, bigint>;

/** From `Policy.valuesAt(version)`. */
export function policyFromValues(values: readonly bigint[]): PolicyValues {
  if (values.length !== paramNames.length) {
    throw protocolError(
      'PROTOCOL_INVALID_ARGUMENT',
      'the policy has another number of values than this protocol knows',
      {
        expected: `${paramNames.length}`,
        got: `${values.length}`,
        hint: 'use the version of Covey that matches the deployed contracts',
      },
    );
  }
  return Object.fromEntries(paramNames.map((name, i) => [name, values[i]])) as PolicyValues;
}

/** In the order in which the Policy contract takes them. */
export function policyToValues(policy: PolicyValues): bigint[] {
  return paramNames.map((name) => policy[name]);
}
