/** How TokenVoting counts, in the order of its enum. */
export const votingModes = ['standard', 'earlyExecution', 'voteReplacement'] as const;
export type VotingMode = (typeof votingModes)[number];

/** How one can vote, in the order of TokenVoting's enum. */
export const castOptions = ['abstain', 'yes', 'no'] as const;
export type VoteOption = (typeof castOptions)[number];
/** With what stands for no vote. */
export const voteOptions = ['none', ...castOptions] as const;

/**
 * pending: voting has not started. active: votes count. succeeded: passed, waits for anyone to execute it.
 * executed, and defeated: the end has passed without enough support or participation.
 */
export const proposalStates = ['pending', 'active', 'succeeded', 'defeated', 'executed'] as const;
export type ProposalState = (typeof proposalStates)[number];

/** Ratios in TokenVoting are parts of a million. */
export const ratioBase = 1_000_000;

const hour = 3_600n;

/** What `MajorityVotingBase` of TokenVoting 1.3 takes, inclusive: code, which no vote can pass. Its ABI does not say it. */
export const votingBounds = {
  supportThreshold: { min: 0n, max: BigInt(ratioBase) - 1n },
  minParticipation: { min: 0n, max: BigInt(ratioBase) },
  /** Seconds. */
  minDuration: { min: hour, max: 365n * 24n * hour },
} as const;

export interface VotingSettings {
  mode: VotingMode;
  /** Parts of a million of yes/(yes+no) that yes must exceed. */
  supportThreshold: number;
  /** Parts of a million of the token's past total supply that must vote. */
  minParticipation: number;
  /** Seconds. */
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
