import {
  getBoundProposal,
  parseEnvelope,
  readHubVotes,
  submitVotes,
  withSnapshotVoting,
  type SignedVote,
} from '@covey/governance';
import { z } from 'zod';
import { nodeError } from '../../../errors.ts';
import { hubSource, openSender, readJson } from '../../context.ts';
import { defineCommand, several } from '../../define-command.ts';
import { accountOptions, readerOptions, snapshotHub } from '../../options.ts';
import { boundLine, boundOption } from './bound-proposal.ts';
import { phrase, say } from '../../words/say.ts';

export const snapshotSubmit = defineCommand({
  name: 'snapshot submit',
  summary: 'Bring signed votes on chain, in batches; what counts already is not sent again',
  examples: [
    'snapshot submit --proposal 0x… --hub https://server/graphql --gateway https://server --key-file any.key',
    'snapshot submit --proposal 0x… --votes mine.json theirs.json   # votes that a hub withholds',
  ],
  options: {
    ...accountOptions,
    ...readerOptions,
    ...boundOption,
    hub: snapshotHub('has the votes'),
    votes: several('--votes <files...>', 'signed votes as they were posted: one, or an array, a file'),
  },
  async run(options, out) {
    const { proposal: id, hub, votes: files } = options;
    const covey = await withSnapshotVoting(await openSender(options));
    const envelopes: SignedVote[] = (await Promise.all((files ?? []).map(votesIn))).flat();
    const unproven: { id: string; code: string; message: string }[] = [];
    if (hub !== undefined) {
      const { publicClient } = covey;
      const { votes, failed } = await readHubVotes({ ...hubSource(options, hub), publicClient, id });
      envelopes.push(...votes);
      unproven.push(...failed);
    } else if (files === undefined) {
      throw nodeError('CONFIG_INVALID', 'Which votes?', { expected: '--hub URL or --votes FILE' });
    }
    const { counted, skipped, rejected, receipts } = await submitVotes(covey, {
      id,
      envelopes,
      onProgress: ({ done, total }) => out.progress(say`${done} of ${total} votes sent`),
    });
    const proposal = await getBoundProposal(covey, { id });
    const transactions = receipts.map(({ transactionHash: tx, gasUsed }) => ({ tx, gasUsed }));
    out.result('covey.snapshot-submit/1', { counted, skipped, rejected, unproven, transactions, proposal }, [
      say`${counted} votes brought on chain in ${receipts.length} transactions`,
      ...skipped.map(({ voter, reason }) => say`not sent: ${voter} (${phrase(reason)})`),
      ...rejected.map(({ voter, reason }) => say`left out: ${voter} (${phrase(reason)})`),
      ...unproven.map((vote) => say`the hub could not prove ${vote.id}: ${vote.message}`),
      boundLine(proposal),
    ]);
  },
});

async function votesIn(file: string): Promise<SignedVote[]> {
  const content = await readJson(file, z.unknown(), 'signed votes');
  return (Array.isArray(content) ? content : [content]).map((item) => {
    const envelope = parseEnvelope(item);
    if (envelope.kind === 'vote') return envelope;
    throw nodeError('CONFIG_INVALID', `${file} holds no vote on a binding proposal.`, { got: envelope.kind });
  });
}
