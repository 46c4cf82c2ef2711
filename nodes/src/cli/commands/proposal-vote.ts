import { changeVote, execute, vote, type VoteOption } from '@covey/governance';
import { Option, type Command } from 'commander';
import { formatEther } from 'viem';
import { command, proposalId, withAccount, withChain } from '../arguments.ts';
import { openSender, type CommonOptions } from '../context.ts';
import { output } from '../output.ts';

interface VoteOptions extends CommonOptions {
  proposal: bigint;
  option: VoteOption;
  change?: boolean;
}

export function voteCommand(): Command {
  const voting = command('vote', 'Vote with all that the account could vote with when the proposal was made', [
    'proposal vote --proposal 3 --option yes --key-file me.key',
    'proposal vote --proposal 3 --option no --change   # where the DAO’s mode lets votes be replaced',
  ]);
  return withAccount(withChain(voting))
    .requiredOption('--proposal <id>', 'proposal of TokenVoting', proposalId)
    .addOption(new Option('--option <option>', 'the vote').choices(['yes', 'no', 'abstain']).makeOptionMandatory())
    .option('--change', 'replace the account’s earlier vote')
    .action(async (options: VoteOptions) => {
      const out = output(options.json ?? false);
      const covey = await openSender(options);
      const { proposal: id, option } = options;
      const cast = options.change ? changeVote : vote;
      const {
        votingPower,
        hash: tx,
        receipt,
      } = await cast(covey.sender.wallet, { deployment: covey.deployment, proposalId: id, option });
      out.result('covey.proposal-vote/1', { proposalId: id, option, votingPower, tx, gasUsed: receipt.gasUsed }, [
        `voted ${option} on proposal ${id} with ${formatEther(votingPower)} votes`,
      ]);
    });
}

export function executeCommand(): Command {
  const executing = command('execute', 'Make the DAO do what was decided; anyone may', [
    'proposal execute --proposal 3 --key-file any.key',
  ]);
  return withAccount(withChain(executing))
    .requiredOption('--proposal <id>', 'proposal of TokenVoting', proposalId)
    .action(async (options: CommonOptions & { proposal: bigint }) => {
      const out = output(options.json ?? false);
      const covey = await openSender(options);
      const { hash: tx, receipt } = await execute(covey.sender.wallet, {
        deployment: covey.deployment,
        proposalId: options.proposal,
      });
      out.result('covey.proposal-execute/1', { proposalId: options.proposal, tx, gasUsed: receipt.gasUsed }, [
        `proposal ${options.proposal} executed`,
      ]);
    });
}
