import type { CoveyChain } from '@covey/client';
import { tokenVotingAbi } from '@covey/contracts/abi';
import { actionLines, decodeActions, getProposal } from '@covey/governance';
import { formatEther } from 'viem';
import { openChain } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { chainOptions } from '../../options.ts';
import { proposalOption } from './calls.ts';
import { proposalLine } from './proposal-line.ts';
import { say } from '../../words/say.ts';

export const proposalShow = defineCommand({
  name: 'proposal show',
  summary: 'Show a proposal: its votes, and each call with old and new values',
  examples: ['proposal show --proposal 3'],
  options: { ...chainOptions, ...proposalOption },
  async run(options, out) {
    const { proposal: proposalId } = options;
    const covey = await openChain(options);
    const proposal = await getProposal(covey, { proposalId });
    const blockNumber = proposal.state === 'executed' ? await blockBefore(covey, proposalId) : undefined;
    const { allowFailureMap } = proposal;
    const at = { allowFailureMap, ...(blockNumber !== undefined && { blockNumber }) };
    const calls = await decodeActions(covey, proposal.actions, at);
    const { tally, minVotingPower } = proposal;
    out.result('covey.proposal-show/1', { proposal, calls, valuesAt: blockNumber ?? null }, [
      proposalLine(proposal),
      proposal.metadata
        ? say`by ${proposal.creator}, described in ${proposal.metadata}`
        : say`by ${proposal.creator}, not described`,
      say`yes ${formatEther(tally.yes)}, no ${formatEther(tally.no)}, abstain ${formatEther(tally.abstain)}; needs ${formatEther(minVotingPower)}`,
      ...actionLines(calls),
    ]);
  },
});

/** Of an executed proposal, old values are those that its execution found. */
async function blockBefore(covey: CoveyChain, id: bigint): Promise<bigint | undefined> {
  const [event] = await covey.events({
    address: covey.deployment.tokenVoting,
    abi: tokenVotingAbi,
    eventName: 'ProposalExecuted',
    args: { proposalId: id },
  });
  return event && event.blockNumber - 1n;
}
