import {
  getBoundProposal,
  parseEnvelope,
  readHubProposal,
  registerProposal,
  withSnapshotVoting,
  type EnvelopeOf,
} from '@covey/governance';
import { z } from 'zod';
import { nodeError } from '../../../errors.ts';
import { digest } from '../../arguments.ts';
import { readCallsFile } from '../../calls-file.ts';
import { hubSource, openChain, openSender, readJson } from '../../context.ts';
import { defineCommand, optional, required, type Values } from '../../define-command.ts';
import { accountOptions, readerOptions, snapshotHub } from '../../options.ts';
import { boundLine } from './bound-proposal.ts';
import { say } from '../../words/say.ts';

const options = {
  ...accountOptions,
  ...readerOptions,
  proposal: optional('--proposal <id>', 'id of the proposal on the hub', digest),
  hub: snapshotHub('has the proposal'),
  message: optional('--message <file>', 'the signed proposal as it was posted, in place of a hub'),
  actions: required('--actions <file>', 'what it decides: JSON array of {to, value, data}, as it commits to'),
};

export const snapshotRegister = defineCommand({
  name: 'snapshot register',
  summary: 'Register a signed Snapshot proposal on chain, before its voting starts',
  examples: [
    'snapshot register --proposal 0x… --hub https://server/graphql --gateway https://server --actions actions.json',
    'snapshot register --message signed-proposal.json --actions actions.json --key-file me.key',
  ],
  options,
  async run(given, out) {
    const actions = await readCallsFile(given.actions);
    const { message, signature } = await signedProposal(given);
    const covey = await withSnapshotVoting(await openSender(given));
    const { id, receipt } = await registerProposal(covey, { message, signature, actions });
    const proposal = await getBoundProposal(covey, { id });
    out.result(
      'covey.snapshot-register/1',
      { plugin: covey.deployment.snapshotVoting, proposal, tx: receipt.transactionHash, gasUsed: receipt.gasUsed },
      [say`registered ${id}`, boundLine(proposal)],
    );
  },
});

async function signedProposal(given: Values<typeof options>): Promise<EnvelopeOf<'proposal'>> {
  if (given.message !== undefined) {
    const envelope = parseEnvelope(await readJson(given.message, z.unknown(), 'a signed proposal'));
    if (envelope.kind === 'proposal') return envelope;
    throw nodeError('CONFIG_INVALID', `${given.message} is not a signed proposal.`, { got: envelope.kind });
  }
  if (given.proposal === undefined || given.hub === undefined) {
    throw nodeError('CONFIG_INVALID', 'Which proposal?', {
      expected: '--proposal ID --hub URL, or --message FILE',
    });
  }
  const source = hubSource(given, given.hub);
  const { publicClient } = await openChain(given);
  return await readHubProposal({ ...source, publicClient, id: given.proposal });
}
