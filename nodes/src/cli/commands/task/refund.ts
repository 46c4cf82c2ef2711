import { redeemFunds } from '@covey/client';
import { formatEther } from 'viem';
import { ethereumAddress } from '../../arguments.ts';
import { openSender } from '../../context.ts';
import { defineCommand, optional } from '../../define-command.ts';
import { accountOptions, taskOption } from '../../options.ts';
import { say } from '../../words/say.ts';

export const taskRefund = defineCommand({
  name: 'task refund',
  summary: 'Get back what an ended task has left of what was funded',
  examples: ['task refund --task 1 --key-file me.key', 'task refund --task 1 --funder 0x…   # for another: it is paid'],
  options: {
    ...accountOptions,
    ...taskOption,
    funder: optional('--funder <address>', 'whose part (default: the own account’s)', ethereumAddress),
  },
  async run(options, out) {
    const { task: taskId } = options;
    const covey = await openSender(options);
    const funder = options.funder ?? covey.sender.address;
    const redeemed = await redeemFunds(covey, taskId, funder);
    const { amount, tx, gasUsed } = redeemed ?? { amount: 0n, tx: null, gasUsed: null };
    out.result('covey.task-refund/1', { taskId, funder, amount, tx, gasUsed }, [
      redeemed ? say`${formatEther(amount)} COVEY to ${funder}` : say`nothing to refund`,
    ]);
  },
});
