/** How a Snapshot proposal's votes are counted, by Snapshot's names. */
export const proposalTypes = ['single-choice', 'basic', 'approval', 'ranked-choice', 'weighted', 'quadratic'] as const;
export type ProposalType = (typeof proposalTypes)[number];
