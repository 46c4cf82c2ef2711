import { readTask } from '@covey/client';
import { formatEther } from 'viem';
import { openChain } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { chainOptions, taskOption } from '../../options.ts';

export const taskShow = defineCommand({
  name: 'task show',
  summary: 'Show a task as the chain has it',
  examples: ['task show --task 1'],
  options: { ...chainOptions, ...taskOption },
  async run(options, out) {
    const task = await readTask(await openChain(options), options.task);
    out.result('covey.task-show/1', { ...task }, [
      `task ${task.taskId}: ${task.state}, rounds ${task.roundsClosed} of ${task.rounds} closed`,
      `document ${task.document}`,
      `creator ${task.creator}`,
      `budget ${formatEther(task.budget)} COVEY of ${formatEther(task.funded)} funded`,
    ]);
  },
});
