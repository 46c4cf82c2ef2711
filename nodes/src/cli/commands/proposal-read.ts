import type { CoveyChain } from '@covey/client';
import { tokenVotingAbi } from '@covey/contracts/abi';
import { decodeActions, getProposal, governanceForms, listProposals, type Proposal } from '@covey/governance';
import type { Command } from 'commander';
import { formatEther } from 'viem';
import { callLines } from '../calls-text.ts';
import { command, integer, positive, proposalId, withChain } from '../arguments.ts';
import { openChain, type CommonOptions } from '../context.ts';
import { formLines } from '../form-options.ts';
import { output } from '../output.ts';

export function listCommand(): Command {
  const list = command('list', 'List the proposals of TokenVoting, newest first', [
    'proposal list --deployment covey.json',
    'proposal list --limit 5 --offset 5 --json',
  ]);
  return withChain(list)
    .option('--limit <n>', 'how many at most', positive, 20)
    .option('--offset <n>', 'how many of the newest to leave out', integer, 0)
    .action(async (options: CommonOptions & { limit: number; offset: number }) => {
      const out = output(options.json ?? false);
      const covey = await openChain(options);
      const { limit, offset } = options;
      const { total, proposals } = await listProposals(covey.publicClient, {
        deployment: covey.deployment,
        limit,
        offset,
      });
      out.result('covey.proposal-list/1', { total, proposals }, total === 0 ? ['no proposals'] : proposals.map(line));
    });
}

export function showCommand(): Command {
  const show = command('show', 'Show a proposal: its votes, and each call with old and new values', [
    'proposal show --proposal 3 --deployment covey.json',
  ]);
  return withChain(show)
    .requiredOption('--proposal <id>', 'proposal of TokenVoting', proposalId)
    .action(async (options: CommonOptions & { proposal: bigint }) => {
      const out = output(options.json ?? false);
      const covey = await openChain(options);
      const proposal = await getProposal(covey.publicClient, {
        deployment: covey.deployment,
        proposalId: options.proposal,
      });
      const blockNumber = proposal.state === 'executed' ? await blockBefore(covey, options.proposal) : undefined;
      const at = blockNumber === undefined ? {} : { blockNumber };
      const calls = await decodeActions(proposal.actions, covey.deployment, covey.publicClient, at);
      const { tally, minVotingPower } = proposal;
      out.result('covey.proposal-show/1', { proposal, calls, valuesAt: blockNumber ?? null }, [
        line(proposal),
        `by ${proposal.creator}, described in ${proposal.metadata || 'nothing'}`,
        `yes ${formatEther(tally.yes)}, no ${formatEther(tally.no)}, abstain ${formatEther(tally.abstain)}; needs ${formatEther(minVotingPower)}`,
        ...callLines(calls),
      ]);
    });
}

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

export function formsCommand(): Command {
  const forms = command('forms', 'What can be decided, and the fields of each form', [
    'proposal forms',
    'proposal forms --form policy.set',
  ]);
  return forms.option('--form <kind>', 'only this one').action((options: { form?: string; json?: boolean }) => {
    const wanted = governanceForms.filter(({ kind }) => options.form === undefined || kind === options.form);
    const listed = wanted.map(({ kind, fields }) => ({ kind, fields }));
    output(options.json ?? false).result('covey.proposal-forms/1', { forms: listed }, formLines(options.form));
  });
}

const line = ({ id, state, startDate, endDate, actions }: Proposal): string =>
  `proposal ${id}: ${state}, ${actions.length} calls, votes from ${isoDate(startDate)} to ${isoDate(endDate)}`;

const isoDate = (seconds: bigint): string => new Date(Number(seconds) * 1_000).toISOString();
