import type { Proposal } from '@covey/governance';

export const proposalLine = ({ id, state, startDate, endDate, actions }: Proposal): string =>
  `proposal ${id}: ${state}, ${actions.length} calls, votes from ${isoDate(startDate)} to ${isoDate(endDate)}`;

const isoDate = (seconds: bigint): string => new Date(Number(seconds) * 1_000).toISOString();
