import { params } from '@covey/contracts/abi/enums';
import type { ParamName } from '@covey/contracts/abi/enums';
import { protocolError } from './errors.ts';

/** All governed numbers of one policy version. Ratios are scaled by 1e18, durations seconds, stakes wei. */
export type PolicyValues = Record<ParamName, bigint>;

/** From `Policy.valuesAt(version)`. */
export function policyFromValues(values: readonly bigint[]): PolicyValues {
  if (values.length !== params.length) {
    throw protocolError(
      'PROTOCOL_INVALID_ARGUMENT',
      'the policy has another number of values than this protocol knows',
      {
        expected: `${params.length}`,
        got: `${values.length}`,
        hint: 'use the version of Covey that matches the deployed contracts',
      },
    );
  }
  return Object.fromEntries(params.map((name, i) => [name, values[i]])) as PolicyValues;
}

/** In the order in which the Policy contract takes them. */
export function policyToValues(policy: PolicyValues): bigint[] {
  return params.map((name) => policy[name]);
}

/** What scoring a round needs of them. */
export type ScoringPolicy = Pick<PolicyValues, 'arenaMargin' | 'rankRatio' | 'maxSubmissionBytes' | 'trainerSeats'>;

/** What settling a round needs of them. */
export type SettlementPolicy = Pick<
  PolicyValues,
  | 'roundFee'
  | 'trainerShare'
  | 'rankRatio'
  | 'delegationWeight'
  | 'unlockRatio'
  | 'securityRatio'
  | 'creationRatio'
  | 'trainerSeats'
  | 'validatorSeats'
>;
