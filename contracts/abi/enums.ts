/** Names of the Solidity enums in their order, for what a contract returns as a number. */

export const taskStates = ['none', 'proposed', 'approved', 'completed', 'rejected', 'stopped'] as const;

export const roundPhases = [
  'none',
  'commit',
  'reveal',
  'key',
  'availability',
  'resultCommit',
  'resultReveal',
  'acceptance',
  'challenge',
  'disputed',
  'claimable',
  'void',
] as const;

export const reasons = [
  'resultMismatch',
  'submissionNotRevealed',
  'resultNotRevealed',
  'submissionUnavailable',
] as const;

export const caseStates = ['none', 'open', 'overturned', 'executed'] as const;

export const params = [
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
  'maxValidators',
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
] as const;

export type TaskStateName = (typeof taskStates)[number];
export type RoundPhaseName = (typeof roundPhases)[number];
export type ReasonName = (typeof reasons)[number];
export type CaseStateName = (typeof caseStates)[number];
export type ParamName = (typeof params)[number];
