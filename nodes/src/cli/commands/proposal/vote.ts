import { changeVote, vote, type VoteOption } from '@covey/governance';
import { formatEther } from 'viem';
import { openSender } from '../../context.ts';
import { defineCommand, flag, requiredOneOf } from '../../define-command.ts';
import { accountOptions } from '../../options.ts';
import { proposalOption } from './calls.ts';
import { phrase, say } from '../../words/say.ts';

/** Every way to vote; the type makes sure that none is missing. */
export const voteChoices = Object.keys({ yes: 0, no: 0, abstain: 0 } satisfies Record<VoteOption, 0>) as VoteOption[];

export const proposalVote = defineCommand({
  name: 'proposal vote',
  summary: 'Vote with all that the account could vote with when the proposal was made',
  examples: [
    'proposal vote --proposal 3 --option yes --key-file me.key',
    'proposal vote --proposal 3 --option no --change   # where the DAO’s mode lets votes be replaced',
  ],
  options: {
    ...accountOptions,
    ...proposalOption,
    option: requiredOneOf('--option <option>', 'the vote', voteChoices),
    change: flag('--change', 'replace the account’s earlier vote'),
  },
  async run(options, out) {
    const { proposal: proposalId, option } = options;
    const covey = await openSender(options);
    const cast = options.change ? changeVote : vote;
    const { votingPower, hash: tx, receipt } = await cast(covey, { proposalId, option });
    out.result('covey.proposal-vote/1', { proposalId, option, votingPower, tx, gasUsed: receipt.gasUsed }, [
      say`voted ${phrase(option)} on proposal ${proposalId} with ${formatEther(votingPower)} votes`,
    ]);
  },
});
