import { syncEmission } from '@covey/client';
import { formatEther } from 'viem';
import { openSender } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { accountOptions, taskOption } from '../../options.ts';

export const emissionSync = defineCommand({
  name: 'emission sync',
  summary: 'Bring a task’s weight up to date and move what it earned into its budget',
  examples: ['emission sync --task 1 --key-file any.key'],
  options: { ...accountOptions, ...taskOption },
  async run(options, out) {
    const { task: taskId } = options;
    const { amount, tx, gasUsed } = await syncEmission(await openSender(options), taskId);
    out.result('covey.emission-sync/1', { taskId, amount, tx, gasUsed }, [
      `task ${taskId}: ${formatEther(amount)} COVEY into its budget`,
    ]);
  },
});
