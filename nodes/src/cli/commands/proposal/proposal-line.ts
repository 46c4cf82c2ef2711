import type { Proposal } from '@covey/governance';
import { utcText } from '../../../quantities.ts';
import { phrase, say } from '../../words/say.ts';

export const proposalLine = ({ id, state, startDate, endDate, actions }: Proposal): string =>
  say`proposal ${id}: ${phrase(state)}, ${actions.length} calls, votes from ${utcText(startDate)} to ${utcText(endDate)}`;
