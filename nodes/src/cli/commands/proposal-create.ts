import type { CoveyChain } from '@covey/client';
import { readFile } from 'node:fs/promises';
import { createProposal, decodeActions, simulateExecution, type Action, type VoteOption } from '@covey/governance';
import { Option, type Command } from 'commander';
import { nodeError } from '../../errors.ts';
import { callLines } from '../calls-text.ts';
import { command, integer, withAccount, withChain, withContent } from '../arguments.ts';
import { openChain, openSender, openStore, type CommonOptions } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { actionsOfForms, withForms, type FormDraft } from '../form-options.ts';
import { output } from '../output.ts';
import { readCalls } from './proposal-simulate.ts';

interface CreateOptions extends CommonOptions {
  form?: FormDraft[];
  actions?: string;
  title?: string;
  summary?: string;
  description?: string;
  start?: number;
  end?: number;
  vote?: VoteOption;
  dryRun?: boolean;
}

export function createCommand(): Command {
  const create = command('create', 'Put calls of the DAO to the vote; describes them on IPFS', [
    'proposal create --form policy.set --set param=unlockRatio --set value=0.5 --title "Unlock half" --key-file me.key',
    'proposal create --form task.approve --set taskId=3 --form task.multiplier --set taskId=3 --set multiplier=2 --dry-run',
    'proposal create --actions calls.json --title "Several things" --description why.md --vote yes',
  ]);
  return withForms(withContent(withAccount(withChain(create))))
    .option('--actions <file>', 'JSON list of calls {to, value, data}, after those of the forms')
    .option('--title <text>', 'title')
    .option('--summary <text>', 'one sentence', '')
    .option('--description <file>', 'Markdown file: what and why')
    .option('--start <time>', 'unix time at which voting starts (default: now)', integer)
    .option('--end <time>', 'unix time at which it ends (default: as soon as the DAO allows)', integer)
    .addOption(new Option('--vote <option>', 'the own vote, with it').choices(['yes', 'no', 'abstain']))
    .option('--dry-run', 'only show the calls, and what executing them would do')
    .action(async (options: CreateOptions) => {
      const out = output(options.json ?? false);
      const chain = await openChain(options);
      const actions = await actionsOf(chain, options);
      const calls = await decodeActions(actions, chain.deployment, chain.publicClient);
      if (options.dryRun) {
        const simulation = await simulateExecution({ ...chain, actions });
        out.result('covey.proposal-draft/1', { actions, calls, simulation }, [
          ...callLines(calls),
          simulation.ok
            ? `executing it now works: ${simulation.gas} gas`
            : `EXECUTING IT NOW FAILS: ${simulation.failure?.reason ?? ''}`,
        ]);
        if (!simulation.ok) process.exitCode = exitCodes.refused;
        return;
      }
      const metadata = await describe(options);
      const covey = await openSender(options);
      for (const text of callLines(calls)) out.progress(text);
      const cid = await openStore(options).add(new TextEncoder().encode(JSON.stringify(metadata)));
      out.progress(`described in ${cid}`);
      const made = await createProposal(covey.sender.wallet, {
        deployment: covey.deployment,
        metadata: `ipfs://${cid}`,
        actions,
        ...(options.start !== undefined && { startDate: BigInt(options.start) }),
        ...(options.end !== undefined && { endDate: BigInt(options.end) }),
        ...(options.vote && { vote: options.vote }),
      });
      const { proposalId, startDate, endDate, hash: tx, receipt } = made;
      const { gasUsed } = receipt;
      out.result('covey.proposal-create/1', { proposalId, metadata: cid, startDate, endDate, actions, tx, gasUsed }, [
        `proposal ${proposalId} made, votes until ${new Date(Number(endDate) * 1_000).toISOString()}`,
      ]);
    });
}

async function actionsOf(chain: CoveyChain, options: CreateOptions): Promise<Action[]> {
  const { form = [], actions } = options;
  if (form.length === 0 && actions === undefined) {
    throw nodeError('CONFIG_INVALID', 'What shall the DAO do?', {
      expected: '--form KIND --set NAME=VALUE …, or --actions FILE',
      hint: '`covey proposal forms` lists the kinds.',
    });
  }
  const listed = actions === undefined ? [] : (await readCalls(chain, { actions })).actions;
  return [...(await actionsOfForms(chain, form)), ...listed];
}

/** As Aragon's metadata has it, which server and pages read. */
async function describe({ title, summary, description }: CreateOptions) {
  if (title === undefined || title.trim() === '') {
    throw nodeError('CONFIG_INVALID', 'A proposal needs a title.', { expected: '--title TEXT' });
  }
  let text = '';
  try {
    if (description !== undefined) text = await readFile(description, 'utf8');
  } catch (cause) {
    throw nodeError('CONFIG_INVALID', `Cannot read ${description}.`, { expected: 'a Markdown file', cause });
  }
  return { title, summary: summary ?? '', description: text, resources: [] };
}
