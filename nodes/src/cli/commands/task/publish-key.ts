import { publishKey } from '@covey/client';
import { readKeyFile, roundKey } from '../../../creator/keys.ts';
import { integer } from '../../arguments.ts';
import { openSender } from '../../context.ts';
import { defineCommand, required } from '../../define-command.ts';
import { accountOptions, keysOption, taskOption } from '../../options.ts';
import { say } from '../../words/say.ts';

export const taskPublishKey = defineCommand({
  name: 'task publish-key',
  summary: 'Publish the key of a round’s validation shard; `covey creator` does it for every round',
  examples: ['task publish-key --task 1 --round 0 --keys keys.json'],
  options: {
    ...accountOptions,
    ...taskOption,
    round: required('--round <n>', 'round, from 0', integer),
    ...keysOption,
  },
  async run(options, out) {
    const { task: taskId, round } = options;
    const key = roundKey(await readKeyFile(options.keys), round);
    const sent = await publishKey(await openSender(options), taskId, round, key, (event) => out.step(event));
    const { tx, gasUsed } = sent ?? { tx: null, gasUsed: null };
    out.result('covey.task-publish-key/1', { taskId, round, key, tx, gasUsed }, [
      sent ? say`key of round ${round} published` : say`key of round ${round} was published before`,
    ]);
  },
});
