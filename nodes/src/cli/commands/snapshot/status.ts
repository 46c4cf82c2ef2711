import { getBoundProposal, listBoundProposals, withSnapshotVoting } from '@covey/governance';
import { digest } from '../../arguments.ts';
import { openChain } from '../../context.ts';
import { defineCommand, optional } from '../../define-command.ts';
import { chainOptions } from '../../options.ts';
import { boundLine } from './bound-proposal.ts';
import { say } from '../../words/say.ts';

export const snapshotStatus = defineCommand({
  name: 'snapshot status',
  summary: 'Show proposals that were registered to bind',
  examples: ['snapshot status', 'snapshot status --proposal 0x… --json'],
  options: { ...chainOptions, proposal: optional('--proposal <id>', 'only this one', digest) },
  async run(options, out) {
    const covey = await withSnapshotVoting(await openChain(options));
    const ids = options.proposal ? [options.proposal] : (await listBoundProposals(covey)).map(({ id }) => id);
    const proposals = await Promise.all(ids.map((id) => getBoundProposal(covey, { id })));
    const lines = proposals.length === 0 ? [say`no binding proposals`] : proposals.map(boundLine);
    out.result('covey.snapshot-status/1', { plugin: covey.deployment.snapshotVoting, proposals }, lines);
  },
});
