import { execute } from '@covey/governance';
import { openSender } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { accountOptions } from '../../options.ts';
import { proposalOption } from './calls.ts';
import { say } from '../../words/say.ts';

export const proposalExecute = defineCommand({
  name: 'proposal execute',
  summary: 'Make the DAO do what was decided; anyone may',
  examples: ['proposal execute --proposal 3 --key-file any.key'],
  options: { ...accountOptions, ...proposalOption },
  async run(options, out) {
    const { proposal: proposalId } = options;
    const covey = await openSender(options);
    const { hash: tx, receipt } = await execute(covey, { proposalId });
    out.result('covey.proposal-execute/1', { proposalId, tx, gasUsed: receipt.gasUsed }, [
      say`proposal ${proposalId} executed`,
    ]);
  },
});
