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
    const covey = (wei: bigint) => `${formatEther(wei)} COVEY`;
    out.result('covey.task-show/2', { ...task }, [
      `task ${task.taskId}: ${task.state}, rounds ${task.roundsClosed} of ${task.rounds} closed`,
      `document ${task.document}`,
      `creator ${task.creator}, with ${covey(task.creationStake)} at stake for its keys`,
      ...(task.opener ? [`rounds may be opened by ${task.opener} too`] : []),
      `budget: ${covey(task.value)} of funders, ${covey(task.common)} of nobody, ${covey(task.waiting)} waiting for the open round`,
      `next round: ${covey(task.nextPool)}; to be opened before ${task.expiresAt} (unix time)`,
    ]);
  },
});
