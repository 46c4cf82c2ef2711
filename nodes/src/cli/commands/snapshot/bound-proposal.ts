import type { BoundProposal } from '@covey/governance';
import { formatEther } from 'viem';
import { digest } from '../../arguments.ts';
import { required } from '../../define-command.ts';

export const boundOption = { proposal: required('--proposal <id>', 'id of the proposal', digest) };

export function boundLine({ id, state, tally, minPower, end, submissionEnd, executableFrom }: BoundProposal): string {
  const votes = `for ${formatEther(tally.forVotes)}, against ${formatEther(tally.against)}, abstain ${formatEther(tally.abstain)}`;
  const times = `ends ${end}, submission to ${submissionEnd}, executable from ${executableFrom} (unix time)`;
  return `${id} ${state}: ${votes} of at least ${formatEther(minPower)} needed; ${tally.voters} voters; ${times}`;
}
