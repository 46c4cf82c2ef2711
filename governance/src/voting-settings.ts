/** How TokenVoting counts, in the order of its enum. */
export const votingModes = ['standard', 'earlyExecution', 'voteReplacement'] as const;
export type VotingMode = (typeof votingModes)[number];

/** Ratios in TokenVoting are parts of a million. */
export const ratioBase = 1_000_000;

export interface VotingSettings {
  mode: VotingMode;
  /** Parts of a million of yes/(yes+no) that yes must exceed. */
  supportThreshold: number;
  /** Parts of a million of the token's past total supply that must vote. */
  minParticipation: number;
  /** Seconds; TokenVoting allows one hour to one year. */
  minDuration: bigint;
  /** Wei of voting power that the author of a proposal needs. */
  minProposerVotingPower: bigint;
}

export const encodeVotingSettings = (settings: VotingSettings) => ({
  votingMode: votingModes.indexOf(settings.mode),
  supportThreshold: settings.supportThreshold,
  minParticipation: settings.minParticipation,
  minDuration: settings.minDuration,
  minProposerVotingPower: settings.minProposerVotingPower,
});
