import type { Command } from 'commander';
import { formatEther } from 'viem';
import { settleFromChain } from '@covey/client';
import { command, integer, taskId, withChain, withReader } from '../arguments.ts';
import { openChain, openReader, type CommonOptions } from '../context.ts';
import { output } from '../output.ts';

export function settleCommand(): Command {
  const settle = command('settle', 'Recompute what an accepted round pays to whom', [
    'settle --deployment covey.json --task 1 --round 0',
  ]);
  return withReader(withChain(settle))
    .requiredOption('--task <id>', 'task', taskId)
    .requiredOption('--round <n>', 'round, from 0', integer)
    .action(async (options: CommonOptions & { task: bigint; round: number }) => {
      const out = output(options.json ?? false);
      const covey = await openChain(options);
      const found = await settleFromChain(covey, openReader(options), options.task, options.round);
      const { document: _, ...settlement } = found;
      out.result('covey.settle/1', { taskId: options.task, round: options.round, ...settlement }, [
        `pool ${formatEther(found.pool)} COVEY: trainers ${formatEther(found.trainersPool)}, validators ${formatEther(found.validatorsPool)}`,
        ...found.trainers.map(({ node, payout }) => `trainer   ${node} ${formatEther(payout.total)}`),
        ...found.validators.map(({ validator, payout }) => `validator ${validator} ${formatEther(payout.total)}`),
        `paid ${formatEther(found.paid)}, carried over ${formatEther(found.carried)}`,
      ]);
    });
}
