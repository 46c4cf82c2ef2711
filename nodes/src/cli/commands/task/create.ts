import { proposeTask, readPolicy } from '@covey/client';
import { existsSync } from 'node:fs';
import { checkTask } from '../../../creator/check/check-task.ts';
import { findingLines } from '../../../creator/check/finding.ts';
import { publishTask } from '../../../creator/create-task.ts';
import { keyFileOf, writeKeyFile } from '../../../creator/keys.ts';
import { prepareValidation } from '../../../data/validation.ts';
import { nodeError } from '../../../errors.ts';
import { requireFit } from '../../../participant/require-fit.ts';
import { coveyText } from '../../../quantities.ts';
import { ethereumAddress } from '../../arguments.ts';
import { openCore, openSender, openStore } from '../../context.ts';
import { defineCommand, optional, positional, required } from '../../define-command.ts';
import { accountOptions, contentOptions } from '../../options.ts';
import { say } from '../../words/say.ts';

export const taskCreate = defineCommand({
  name: 'task create',
  summary: 'Check a task draft, encrypt its hidden samples, publish its content and propose it',
  examples: ['task create task.json --keys keys.json --key-file creator.key'],
  options: {
    file: positional('<file>', 'task draft (`covey task new` writes one)'),
    ...accountOptions,
    ...contentOptions,
    keys: required('--keys <file>', 'where to write the secret shard keys; must not exist'),
    opener: optional('--opener <address>', 'another account that may open its rounds', ethereumAddress),
  },
  async run(options, out) {
    const { file, keys, opener } = options;
    if (existsSync(keys)) {
      throw nodeError('CONFIG_INVALID', `${keys} exists: keys are never overwritten.`, {
        hint: 'Name another file with --keys.',
      });
    }
    const covey = await openSender(options);
    const store = openStore(options);
    const core = await openCore();
    const { sha256: scorer } = core;
    const account = covey.sender.address;
    const surroundings = { chain: () => Promise.resolve(covey), account, store, ipfs: options.ipfs, scorer };
    const { findings, ready } = await checkTask(file, surroundings);
    for (const finding of findings)
      if (finding.level !== 'ok') for (const line of findingLines(finding)) out.progress(line);
    if (!ready) {
      const [first] = findings.filter(({ level }) => level === 'fail');
      throw nodeError('TASK_CHECK_FAILED', `${file} cannot be a task: ${first!.field} is ${first!.value}.`, {
        expected: first!.bound,
        got: first!.value,
        hint: `${first!.next} \`covey task check\` shows all that it found.`,
      });
    }
    const { task, data } = ready;
    const { order, ...sizes } = ready.file.validation;
    const validation = prepareValidation({ data, rounds: task.rounds, seed: order, ...sizes });
    await writeKeyFile(keys, keyFileOf(validation));
    out.progress(say`keys written to ${keys}: keep a copy, losing them costs the creation stake`);
    const published = await publishTask(core, store, task, validation);
    requireFit('The task', published.document, await readPolicy(covey));
    const document = published.cid;
    out.progress(say`content published, document ${document}`);
    const sent = await proposeTask(covey, { ...published, opener }, (event) => out.step(event));
    const { taskId, creationStake, tx, gasUsed } = sent;
    out.result('covey.task-create/1', { taskId, document, creationStake, tx, gasUsed, keys }, [
      say`task ${taskId} proposed with ${coveyText(creationStake)} at stake: document ${document}`,
      say`the DAO decides now; see what is next with \`covey task show --task ${taskId}\``,
    ]);
  },
});
