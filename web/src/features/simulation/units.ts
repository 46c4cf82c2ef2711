/** Units of values that a simulation reports, by the last part of their names; those of the policy tell their own. */
const units: Record<string, string> = {
  supportThreshold: 'ppm',
  minParticipation: 'ppm',
  minDuration: 'seconds',
  submissionWindow: 'seconds',
  extension: 'seconds',
  delay: 'seconds',
  executionWindow: 'seconds',
  minProposerVotingPower: 'wei',
  multiplier: 'ratio',
  budget: 'wei',
  creationStake: 'wei',
  funded: 'wei',
  allowance: 'wei',
};

/** Undefined: a number or name as it is. */
export const unitOfState = (what: string): string | undefined => units[what.split('.').at(-1) ?? ''];
