import { listProposals } from '@covey/governance';
import { integer, positive } from '../../arguments.ts';
import { openChain } from '../../context.ts';
import { defineCommand, preset } from '../../define-command.ts';
import { chainOptions } from '../../options.ts';
import { proposalLine } from './proposal-line.ts';
import { say } from '../../words/say.ts';

export const proposalList = defineCommand({
  name: 'proposal list',
  summary: 'List the proposals of TokenVoting, newest first',
  examples: ['proposal list', 'proposal list --limit 5 --offset 5 --json'],
  options: {
    ...chainOptions,
    limit: preset('--limit <n>', 'how many at most', 20, positive),
    offset: preset('--offset <n>', 'how many of the newest to leave out', 0, integer),
  },
  async run(options, out) {
    const { limit, offset } = options;
    const { total, proposals } = await listProposals(await openChain(options), { limit, offset });
    const lines = total === 0 ? [say`no proposals`] : proposals.map(proposalLine);
    out.result('covey.proposal-list/1', { total, proposals }, lines);
  },
});
