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
  'validatorSilent',
] as const;

export const caseStates = ['none', 'open', 'overturned', 'executed'] as const;

export const voidReasons = [
  'none',
  'taskStopped',
  'noCandidates',
  'noSubmissions',
  'keyWithheld',
  'nothingCounted',
  'noResults',
  'noRuling',
  'shardInvalid',
] as const;

export const validatorStages = ['none', 'joined', 'attested', 'resultCommitted', 'resultRevealed'] as const;

export const custodianKinds = ['none', 'custodian', 'escrow'] as const;

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

export type TaskStateName = (typeof taskStates)[number];
export type RoundPhaseName = (typeof roundPhases)[number];
export type ReasonName = (typeof reasons)[number];
export type VoidReasonName = (typeof voidReasons)[number];
export type ValidatorStageName = (typeof validatorStages)[number];
export type CaseStateName = (typeof caseStates)[number];
export type ParamName = (typeof params)[number];

export const snapshotVoteTypes = ['singleChoice', 'basic'] as const;

export const snapshotStates = [
  'none',
  'pending',
  'active',
  'submission',
  'defeated',
  'queued',
  'executable',
  'executed',
  'vetoed',
  'expired',
] as const;

export const voteRejections = ['none', 'signature', 'time', 'choice', 'power', 'superseded'] as const;
