import { completeTask } from '@covey/client';
import { readKeyFile } from '../../../creator/keys.ts';
import { openSender } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { accountOptions, keysOption, taskOption } from '../../options.ts';
import { say } from '../../words/say.ts';

export const taskComplete = defineCommand({
  name: 'task complete',
  summary: 'After the last round: open the hold-out, get the creation stake back',
  examples: ['task complete --task 1 --keys keys.json'],
  options: { ...accountOptions, ...taskOption, ...keysOption },
  async run(options, out) {
    const { task: taskId } = options;
    const { holdout } = await readKeyFile(options.keys);
    const { tx, gasUsed } = await completeTask(await openSender(options), taskId, holdout);
    out.result('covey.task-complete/1', { taskId, holdoutKey: holdout, tx, gasUsed }, [say`task ${taskId} completed`]);
  },
});
