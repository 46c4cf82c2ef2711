import type { PolicyParam } from '../../api/endpoints.ts';

const members: Record<string, readonly string[]> = {
  rewards: [
    'gamma',
    'rankRatio',
    'delegationWeight',
    'trainerStakeQuarterPower',
    'validatorStakeQuarterPower',
    'unlockRatio',
    'vestingDuration',
    'arenaMargin',
  ],
  stakes: ['minTrainerStake', 'minValidatorStake', 'creationStake', 'challengeBond', 'unstakeCooldown'],
  rounds: [
    'maxTrainers',
    'validatorSeats',
    'minWindow',
    'maxWindow',
    'challengeWindow',
    'disputeWindow',
    'availabilityThreshold',
    'acceptanceThreshold',
    'validatorQuorum',
    'maxSubmissionBytes',
    'policyNotice',
  ],
  delegation: ['minDelegation', 'maxCommission', 'commissionNotice', 'rewardStream'],
  slashing: [
    'appealWindow',
    'slashResultMismatch',
    'slashNoReveal',
    'slashUnavailable',
    'slashSilence',
    'reporterShare',
  ],
  emission: ['emissionDaily', 'emissionDecay', 'emissionPeriod', 'taskStakeQuarterPower'],
  market: ['marketFee'],
};

/** The catalogue by subject; numbers that this version of the page does not know come last, never hidden. */
export function groupParams(params: readonly PolicyParam[]): { name: string; params: PolicyParam[] }[] {
  const known = new Set(Object.values(members).flat());
  const groups = Object.entries(members).map(([name, names]) => ({
    name,
    params: params.filter((param) => names.includes(param.name)),
  }));
  const other = params.filter((param) => !known.has(param.name));
  return [...groups, { name: 'other', params: other }].filter((group) => group.params.length > 0);
}
