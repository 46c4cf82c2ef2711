import { raiseCreationStake } from '@covey/client';
import { openSender } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { accountOptions, amountOption, taskOption } from '../../options.ts';
import { coveyText } from '../../../quantities.ts';
import { say } from '../../words/say.ts';

export const taskRaiseStake = defineCommand({
  name: 'task raise-stake',
  summary: 'Add to a task’s creation stake: its later rounds may pay more of what was funded',
  examples: ['task raise-stake --task 1 --amount 5000'],
  options: { ...accountOptions, ...taskOption, ...amountOption },
  async run(options, out) {
    const { task: taskId, amount } = options;
    const sent = await raiseCreationStake(await openSender(options), taskId, amount, (event) => out.step(event));
    const { tx, gasUsed } = sent;
    out.result('covey.task-raise-stake/1', { taskId, amount, tx, gasUsed }, [
      say`${coveyText(amount)} more at stake for the keys of task ${taskId}`,
    ]);
  },
});
