import type { CoveyChain } from '@covey/client';
import { actionLines, createProposal, decodeActions, simulateExecution, type Action } from '@covey/governance';
import { checkText, isVisible } from '@covey/protocol';
import { nodeError } from '../../../errors.ts';
import { integer } from '../../arguments.ts';
import { openChain, openSender, openStore, readText } from '../../context.ts';
import { defineCommand, flag, oneOf, optional, preset, type Values } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { actionsOfForms, formOptions } from '../../form-options.ts';
import { accountOptions, contentOptions } from '../../options.ts';
import { readCalls } from './calls.ts';
import { voteChoices } from './vote.ts';
import { utcText } from '../../../quantities.ts';
import { say } from '../../words/say.ts';

const options = {
  ...accountOptions,
  ...contentOptions,
  ...formOptions(),
  actions: optional('--actions <file>', 'JSON list of calls {to, value, data}, after those of the forms'),
  title: optional('--title <text>', 'title'),
  summary: preset('--summary <text>', 'one sentence', ''),
  description: optional('--description <file>', 'Markdown file: what and why'),
  start: optional('--start <time>', 'unix time at which voting starts (default: now)', integer),
  end: optional('--end <time>', 'unix time at which it ends (default: as soon as the DAO allows)', integer),
  vote: oneOf('--vote <option>', 'the own vote, with it', voteChoices),
  dryRun: flag('--dry-run', 'only show the calls, and what executing them would do'),
};

type Options = Values<typeof options>;

export const proposalCreate = defineCommand({
  name: 'proposal create',
  summary: 'Put calls of the DAO to the vote; describes them on IPFS',
  examples: [
    'proposal create --form policy.set --set param=unlockRatio --set value=0.5 --title "Unlock half" --key-file me.key',
    'proposal create --form task.approve --set taskId=3 --form task.multiplier --set taskId=3 --set multiplier=2 --dry-run',
    'proposal create --actions calls.json --title "Several things" --description why.md --vote yes',
  ],
  options,
  async run(given, out) {
    const chain = await openChain(given);
    const actions = await actionsOf(chain, given);
    const calls = await decodeActions(chain, actions);
    if (given.dryRun) {
      const simulation = await simulateExecution(chain, { actions });
      out.result('covey.proposal-draft/1', { actions, calls, simulation }, [
        ...actionLines(calls),
        simulation.ok
          ? say`one possible execution, now, works: ${simulation.gas} gas`
          : say`ONE POSSIBLE EXECUTION, NOW, FAILS: ${simulation.failure?.reason ?? ''}`,
      ]);
      if (!simulation.ok) process.exitCode = exitCodes.refused.code;
      return;
    }
    const metadata = await describe(given);
    const covey = await openSender(given);
    for (const text of actionLines(calls)) out.progress(text);
    const cid = await openStore(given).add(new TextEncoder().encode(JSON.stringify(metadata)));
    out.progress(say`described in ${cid}`);
    const made = await createProposal(covey, {
      metadata: `ipfs://${cid}`,
      actions,
      ...(given.start !== undefined && { startDate: BigInt(given.start) }),
      ...(given.end !== undefined && { endDate: BigInt(given.end) }),
      ...(given.vote && { vote: given.vote }),
    });
    const { proposalId, startDate, endDate, hash: tx, receipt } = made;
    const { gasUsed } = receipt;
    out.result('covey.proposal-create/1', { proposalId, metadata: cid, startDate, endDate, actions, tx, gasUsed }, [
      say`proposal ${proposalId} made, votes until ${utcText(endDate)}`,
    ]);
  },
});

async function actionsOf(chain: CoveyChain, options: Options): Promise<Action[]> {
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
async function describe({ title, summary, description }: Options) {
  if (title === undefined || !isVisible(title)) {
    throw nodeError('CONFIG_INVALID', 'A proposal needs a title.', { expected: '--title TEXT' });
  }
  const text = description === undefined ? '' : await readText(description, 'a Markdown file');
  checkText('The title', title);
  checkText('The summary', summary, { lines: true });
  checkText('The description', text, { lines: true });
  return { title, summary, description: text, resources: [] };
}
