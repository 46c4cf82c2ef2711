import { fundTask } from '@covey/client';
import { openSender } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { accountOptions, amountOption, taskOption } from '../../options.ts';
import { coveyText } from '../../../quantities.ts';
import { say } from '../../words/say.ts';

export const taskFund = defineCommand({
  name: 'task fund',
  summary: 'Add to a task’s budget',
  examples: ['task fund --task 1 --amount 10000'],
  options: { ...accountOptions, ...taskOption, ...amountOption },
  async run(options, out) {
    const { task: taskId, amount } = options;
    const { tx, gasUsed } = await fundTask(await openSender(options), taskId, amount, (event) => out.step(event));
    out.result('covey.task-fund/1', { taskId, amount, tx, gasUsed }, [
      say`task ${taskId} funded with ${coveyText(amount)}`,
    ]);
  },
});
