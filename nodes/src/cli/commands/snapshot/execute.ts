import { executeBound, getBoundProposal, withSnapshotVoting } from '@covey/governance';
import { openSender } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { accountOptions } from '../../options.ts';
import { boundOption } from './bound-proposal.ts';
import { say } from '../../words/say.ts';

export const snapshotExecute = defineCommand({
  name: 'snapshot execute',
  summary: 'Execute what a binding vote decided, once its delay has passed',
  examples: ['snapshot execute --proposal 0x… --key-file any.key'],
  options: { ...accountOptions, ...boundOption },
  async run(options, out) {
    const { proposal: id } = options;
    const covey = await withSnapshotVoting(await openSender(options));
    const { hash: tx, receipt } = await executeBound(covey, { id });
    const proposal = await getBoundProposal(covey, { id });
    out.result('covey.snapshot-execute/1', { proposal, tx, gasUsed: receipt.gasUsed }, [say`executed ${id}`]);
  },
});
