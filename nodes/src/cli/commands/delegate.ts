import { clientError } from '@covey/client';
import { readFile } from 'node:fs/promises';
import { delegateVotes, getVotingPower, listDelegators, signEnvelope } from '@covey/governance';
import { Command, Option } from 'commander';
import { formatEther, type Address } from 'viem';
import { z } from 'zod';
import { nodeError } from '../../errors.ts';
import { command, ethereumAddress, withAccount, withChain } from '../arguments.ts';
import { openChain, openSender, type CommonOptions } from '../context.ts';
import { output } from '../output.ts';

export function delegateCommand(): Command {
  return new Command('delegate')
    .description('Who votes with whose tokens (for delegating stake see `stake delegate`)')
    .addCommand(toCommand())
    .addCommand(showCommand())
    .addCommand(statementCommand());
}

function toCommand(): Command {
  const to = command('to', 'Let an account vote with your tokens: liquid, staked and locked ones alike', [
    'delegate to --delegate 0x… --key-file me.key',
    'delegate to --self --key-file me.key   # vote yourself: tokens that nobody was lent do not count',
  ]);
  return withAccount(withChain(to))
    .option('--delegate <address>', 'who votes', ethereumAddress)
    .option('--self', 'the own account')
    .action(async (options: CommonOptions & { delegate?: Address; self?: boolean }) => {
      if ((options.delegate === undefined) === (options.self === undefined)) {
        throw nodeError('CONFIG_INVALID', 'Who shall vote?', { expected: 'either --delegate ADDRESS or --self' });
      }
      const out = output(options.json ?? false);
      const covey = await openSender(options);
      const { address } = covey.sender.wallet.account;
      const delegatee = options.delegate ?? address;
      const { hash: tx, receipt } = await delegateVotes(covey.sender.wallet, {
        deployment: covey.deployment,
        delegatee,
      });
      const power = await getVotingPower(covey.publicClient, { deployment: covey.deployment, address });
      out.result('covey.delegate/1', { address, ...power, tx, gasUsed: receipt.gasUsed }, [
        `${delegatee} votes with the ${formatEther(power.units)} votes of ${address}`,
      ]);
    });
}

function showCommand(): Command {
  const show = command('show', 'Show who an account lends its votes to, and who lends it theirs', [
    'delegate show --address 0x… --deployment covey.json',
  ]);
  return withChain(show)
    .requiredOption('--address <address>', 'account', ethereumAddress)
    .action(async (options: CommonOptions & { address: Address }) => {
      const out = output(options.json ?? false);
      const covey = await openChain(options);
      const { address } = options;
      const [power, delegators] = await Promise.all([
        getVotingPower(covey.publicClient, { deployment: covey.deployment, address }),
        listDelegators(covey.publicClient, { deployment: covey.deployment, delegate: address }),
      ]);
      out.result('covey.delegate/1', { address, ...power, delegate: power.delegate ?? null, delegators }, [
        `${address} can vote with ${formatEther(power.votes)}`,
        `its own ${formatEther(power.units)} are voted by ${power.delegate ?? 'nobody, so they do not count'}`,
        ...delegators.map((lender) => `${lender.address} lends ${formatEther(lender.units)}`),
      ]);
    });
}

interface StatementOptions extends CommonOptions {
  sequencer: string;
  space: string;
  about: string;
  text: string;
  discourse: string;
}

const receiptSchema = z.object({ id: z.string(), ipfs: z.string() });
const refusalSchema = z.object({ error: z.string(), error_description: z.string() });

function statementCommand(): Command {
  const statement = command('statement', 'Sign what you stand for as a delegate, and hand it to a Snapshot hub', [
    'delegate statement --text statement.md --about "Trains models, votes for low fees" --hub-post http://127.0.0.1:3000/api/msg --key-file me.key',
  ]);
  return withAccount(withChain(statement))
    .addOption(
      new Option('--hub-post <url>', 'where the hub takes messages').env('COVEY_HUB_POST').makeOptionMandatory(),
    )
    .option('--space <id>', 'Snapshot space', 'covey.eth')
    .requiredOption('--text <file>', 'Markdown file: the statement')
    .option('--about <text>', 'one sentence', '')
    .option('--discourse <name>', 'name in the forum', '')
    .action(async (options: StatementOptions & { hubPost: string }) => {
      const out = output(options.json ?? false);
      const covey = await openSender(options);
      const { timestamp } = await covey.publicClient.getBlock();
      const envelope = await signEnvelope(covey.sender.wallet, {
        kind: 'statement',
        message: {
          space: options.space,
          // The chain's clock, by which the hub judges.
          timestamp: Number(timestamp),
          about: options.about,
          statement: await textOf(options.text),
          discourse: options.discourse,
          status: 'ACTIVE',
          network: String(covey.deployment.chainId),
        },
      });
      out.progress(`signed by ${envelope.address}`);
      const { id, ipfs } = await post(options.hubPost, envelope);
      out.result('covey.delegate-statement/1', { address: envelope.address, id, ipfs, envelope }, [
        `the hub keeps the statement of ${envelope.address} as ${ipfs}`,
      ]);
    });
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw nodeError('CONFIG_INVALID', `Cannot read ${file}.`, { expected: 'a Markdown file', cause });
  }
}

async function post(url: string, envelope: unknown): Promise<z.output<typeof receiptSchema>> {
  let body: unknown;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(envelope),
      signal: AbortSignal.timeout(20_000),
    });
    body = await response.json();
  } catch (cause) {
    throw clientError('CONTENT_UNREACHABLE', `The hub at ${url} does not answer.`, { cause });
  }
  const receipt = receiptSchema.safeParse(body);
  if (receipt.success) return receipt.data;
  const refusal = refusalSchema.safeParse(body);
  throw nodeError('CONFIG_INVALID', 'The hub refused the statement.', {
    got: refusal.success ? refusal.data.error_description : JSON.stringify(body),
  });
}
