import { listBoundProposals } from '@covey/governance';
import { digest } from '../../arguments.ts';
import { openChain } from '../../context.ts';
import { defineCommand, optional } from '../../define-command.ts';
import { chainOptions } from '../../options.ts';
import { boundDeployment, boundLine, readBound } from './bound-proposal.ts';

export const snapshotStatus = defineCommand({
  name: 'snapshot status',
  summary: 'Show proposals that were registered to bind',
  examples: ['snapshot status --deployment covey.json', 'snapshot status --proposal 0x… --json'],
  options: { ...chainOptions, proposal: optional('--proposal <id>', 'only this one', digest) },
  async run(options, out) {
    const covey = await openChain(options);
    const deployment = await boundDeployment(covey);
    const ids = options.proposal
      ? [options.proposal]
      : (await listBoundProposals(covey.publicClient, { deployment })).map(({ id }) => id);
    const proposals = await Promise.all(ids.map((id) => readBound(covey, deployment, id)));
    const lines = proposals.length === 0 ? ['no binding proposals'] : proposals.map(boundLine);
    out.result('covey.snapshot-status/1', { plugin: deployment.snapshotVoting, proposals }, lines);
  },
});
