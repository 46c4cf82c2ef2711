import type { BoundProposal } from '@covey/governance';
import { formatEther } from 'viem';
import { digest } from '../../arguments.ts';
import { required } from '../../define-command.ts';
import { utcText } from '../../../quantities.ts';
import { phrase, say } from '../../words/say.ts';

export const boundOption = { proposal: required('--proposal <id>', 'id of the proposal', digest) };

export function boundLine({ id, state, tally, minPower, end, submissionEnd, executableFrom }: BoundProposal): string {
  const votes = say`for ${formatEther(tally.forVotes)}, against ${formatEther(tally.against)}, abstain ${formatEther(tally.abstain)}`;
  const times = say`ends ${utcText(end)}, submission to ${utcText(submissionEnd)}, executable from ${utcText(executableFrom)}`;
  return say`${id} ${phrase(state === 'submission' ? 'taking votes' : state)}: ${votes} of at least ${formatEther(minPower)} needed; ${tally.voters} voters; ${times}`;
}
