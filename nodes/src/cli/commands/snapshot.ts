import {
  executeBound,
  getBoundProposal,
  listBoundProposals,
  parseEnvelope,
  readHubProposal,
  readHubVotes,
  registerProposal,
  submitVotes,
  withSnapshotVoting,
  type Action,
  type BoundProposal,
  type SignedVote,
  type SnapshotMessage,
} from '@covey/governance';
import { Command } from 'commander';
import { formatEther, isAddress, isHex, type Hex } from 'viem';
import { z } from 'zod';
import { nodeError } from '../../errors.ts';
import { command, digest, snapshotHub, withAccount, withChain, withReader } from '../arguments.ts';
import { hubSource, openChain, openSender, readJson, type CommonOptions } from '../context.ts';
import { output } from '../output.ts';

interface SnapshotOptions extends CommonOptions {
  proposal: Hex;
  hub?: string;
}

export function snapshotCommand(): Command {
  return new Command('snapshot')
    .description('Make Snapshot votes bind: register proposals, bring votes on chain, execute what was decided')
    .addCommand(registerCommand())
    .addCommand(submitCommand())
    .addCommand(statusCommand())
    .addCommand(executeCommand());
}

function registerCommand(): Command {
  const register = command('register', 'Register a signed Snapshot proposal on chain, before its voting starts', [
    'snapshot register --proposal 0x… --hub https://server/graphql --gateway https://server --actions actions.json',
    'snapshot register --message signed-proposal.json --actions actions.json --key-file me.key',
  ]);
  return withReader(withAccount(withChain(register)))
    .option('--proposal <id>', 'id of the proposal on the hub', digest)
    .addOption(snapshotHub('has the proposal'))
    .option('--message <file>', 'the signed proposal as it was posted, in place of a hub')
    .requiredOption('--actions <file>', 'what it decides: JSON array of {to, value, data}, as it commits to')
    .action(async (options: SnapshotOptions & { message?: string; actions: string }) => {
      const out = output(options.json ?? false);
      const actions: Action[] = await readJson(options.actions, actionsSchema, 'a list of actions');
      const message = await signedProposal(options);
      const covey = await openSender(options);
      const bound = await withSnapshotVoting(covey.publicClient, covey.deployment);
      const { id, receipt } = await registerProposal(covey.sender.wallet, { deployment: bound, message, actions });
      const proposal = await getBoundProposal(covey.publicClient, { deployment: bound, id });
      out.result(
        'covey.snapshot-register/1',
        { plugin: bound.snapshotVoting, proposal, tx: receipt.transactionHash, gasUsed: receipt.gasUsed },
        [`registered ${id}`, line(proposal)],
      );
    });
}

async function signedProposal(options: SnapshotOptions & { message?: string }): Promise<SnapshotMessage<'proposal'>> {
  if (options.message !== undefined) {
    const envelope = parseEnvelope(await readJson(options.message, z.unknown(), 'a signed proposal'));
    if (envelope.kind === 'proposal') return envelope.message;
    throw nodeError('CONFIG_INVALID', `${options.message} is not a signed proposal.`, { got: envelope.kind });
  }
  if (options.proposal === undefined || options.hub === undefined) {
    throw nodeError('CONFIG_INVALID', 'Which proposal?', {
      expected: '--proposal ID --hub URL, or --message FILE',
    });
  }
  const source = hubSource(options, options.hub);
  const covey = await openChain(options);
  return (await readHubProposal({ ...source, publicClient: covey.publicClient, id: options.proposal })).message;
}

function submitCommand(): Command {
  const submit = command('submit', 'Bring signed votes on chain, in batches; what counts already is not sent again', [
    'snapshot submit --proposal 0x… --hub https://server/graphql --gateway https://server --key-file any.key',
    'snapshot submit --proposal 0x… --votes mine.json theirs.json   # votes that a hub withholds',
  ]);
  return withReader(withAccount(withChain(submit)))
    .requiredOption('--proposal <id>', 'id of the proposal', digest)
    .addOption(snapshotHub('has the votes'))
    .option('--votes <files...>', 'signed votes as they were posted: one, or an array, a file')
    .action(async (options: SnapshotOptions & { votes?: string[] }) => {
      const out = output(options.json ?? false);
      const covey = await openSender(options);
      const bound = await withSnapshotVoting(covey.publicClient, covey.deployment);
      const envelopes: SignedVote[] = (await Promise.all((options.votes ?? []).map(votesIn))).flat();
      const unproven: { id: string; code: string; message: string }[] = [];
      if (options.hub !== undefined) {
        const source = hubSource(options, options.hub);
        const { votes, failed } = await readHubVotes({
          ...source,
          publicClient: covey.publicClient,
          id: options.proposal,
        });
        envelopes.push(...votes);
        unproven.push(...failed);
      } else if (options.votes === undefined) {
        throw nodeError('CONFIG_INVALID', 'Which votes?', { expected: '--hub URL or --votes FILE' });
      }
      const { counted, skipped, rejected, receipts } = await submitVotes(covey.sender.wallet, {
        deployment: bound,
        id: options.proposal,
        envelopes,
        onProgress: ({ done, total }) => out.progress(`${done} of ${total} votes sent`),
      });
      const proposal = await getBoundProposal(covey.publicClient, { deployment: bound, id: options.proposal });
      const transactions = receipts.map(({ transactionHash: tx, gasUsed }) => ({ tx, gasUsed }));
      out.result('covey.snapshot-submit/1', { counted, skipped, rejected, unproven, transactions, proposal }, [
        `${counted} votes brought on chain in ${receipts.length} transactions`,
        ...skipped.map(({ voter, reason }) => `not sent: ${voter} (${reason})`),
        ...rejected.map(({ voter, reason }) => `left out: ${voter} (${reason})`),
        ...unproven.map(({ id, message }) => `the hub could not prove ${id}: ${message}`),
        line(proposal),
      ]);
    });
}

function statusCommand(): Command {
  const status = command('status', 'Show proposals that were registered to bind', [
    'snapshot status --deployment covey.json',
    'snapshot status --proposal 0x… --json',
  ]);
  return withChain(status)
    .option('--proposal <id>', 'only this one', digest)
    .action(async (options: CommonOptions & { proposal?: Hex }) => {
      const out = output(options.json ?? false);
      const covey = await openChain(options);
      const bound = await withSnapshotVoting(covey.publicClient, covey.deployment);
      const ids = options.proposal
        ? [options.proposal]
        : (await listBoundProposals(covey.publicClient, { deployment: bound })).map(({ id }) => id);
      const proposals = await Promise.all(
        ids.map((id) => getBoundProposal(covey.publicClient, { deployment: bound, id })),
      );
      const lines = proposals.length === 0 ? ['no binding proposals'] : proposals.map(line);
      out.result('covey.snapshot-status/1', { plugin: bound.snapshotVoting, proposals }, lines);
    });
}

function executeCommand(): Command {
  const execute = command('execute', 'Execute what a binding vote decided, once its delay has passed', [
    'snapshot execute --proposal 0x… --key-file any.key',
  ]);
  return withAccount(withChain(execute))
    .requiredOption('--proposal <id>', 'id of the proposal', digest)
    .action(async (options: SnapshotOptions) => {
      const out = output(options.json ?? false);
      const covey = await openSender(options);
      const bound = await withSnapshotVoting(covey.publicClient, covey.deployment);
      const { hash, receipt } = await executeBound(covey.sender.wallet, { deployment: bound, id: options.proposal });
      const proposal = await getBoundProposal(covey.publicClient, { deployment: bound, id: options.proposal });
      out.result('covey.snapshot-execute/1', { proposal, tx: hash, gasUsed: receipt.gasUsed }, [
        `executed ${options.proposal}`,
      ]);
    });
}

const actionsSchema = z.array(
  z.object({
    to: z.custom<`0x${string}`>((value) => isAddress(String(value), { strict: false }), 'an address'),
    value: z.union([z.string().regex(/^\d+$/), z.number().int().nonnegative()]).transform(BigInt),
    data: z.custom<Hex>((value) => isHex(value), 'hex'),
  }),
);

async function votesIn(file: string): Promise<SignedVote[]> {
  const content = await readJson(file, z.unknown(), 'signed votes');
  return (Array.isArray(content) ? content : [content]).map((item) => {
    const envelope = parseEnvelope(item);
    if (envelope.kind === 'vote') return envelope;
    throw nodeError('CONFIG_INVALID', `${file} holds no vote on a binding proposal.`, { got: envelope.kind });
  });
}

function line({ id, state, tally, minPower, end, submissionEnd, executableFrom }: BoundProposal): string {
  const votes = `for ${formatEther(tally.forVotes)}, against ${formatEther(tally.against)}, abstain ${formatEther(tally.abstain)}`;
  const times = `ends ${end}, submission to ${submissionEnd}, executable from ${executableFrom} (unix time)`;
  return `${id} ${state}: ${votes} of at least ${formatEther(minPower)} needed; ${tally.voters} voters; ${times}`;
}
