import { emissionAbi } from '@covey/contracts/abi';
import { Command } from 'commander';
import { formatEther } from 'viem';
import { mintEmission, readEmission, syncEmission } from '@covey/client';
import { command, taskId, withAccount, withChain } from '../arguments.ts';
import { openChain, openSender, type CommonOptions } from '../context.ts';
import { output } from '../output.ts';

export function emissionCommand(): Command {
  return new Command('emission')
    .description('The community share, minted day by day for running tasks')
    .addCommand(showCommand())
    .addCommand(mintCommand())
    .addCommand(syncCommand());
}

function showCommand(): Command {
  const show = command('show', 'Show the emission, and a task’s part in it', [
    'emission show --deployment covey.json',
    'emission show --task 1 --json',
  ]);
  return withChain(show)
    .option('--task <id>', 'task', taskId)
    .action(async (options: CommonOptions & { task?: bigint }) => {
      const covey = await openChain(options);
      const emission = await readEmission(covey);
      const contract = { address: covey.deployment.emission, abi: emissionAbi, blockTag: 'pending' } as const;
      const task =
        options.task === undefined
          ? null
          : {
              taskId: options.task,
              weight: await covey.publicClient.readContract({
                ...contract,
                functionName: 'weightOf',
                args: [options.task],
              }),
              pending: await covey.publicClient.readContract({
                ...contract,
                functionName: 'pending',
                args: [options.task],
              }),
            };
      output(options.json ?? false).result('covey.emission/1', { ...emission, task }, [
        `${formatEther(emission.minted)} of ${formatEther(emission.communityShare)} COVEY minted in ${emission.mints} mints`,
        `next mint: at most ${formatEther(emission.nextAmount)} COVEY, from ${emission.nextMintAt} (unix time)`,
        ...(task
          ? [
              `task ${task.taskId}: weight ${task.weight} of ${emission.totalWeight}, ${formatEther(task.pending)} COVEY to sync`,
            ]
          : []),
      ]);
    });
}

function mintCommand(): Command {
  const mint = command('mint', 'Mint the day’s amount for the tasks that have a weight', [
    'emission mint --key-file any.key',
  ]);
  return withAccount(withChain(mint)).action(async (options: CommonOptions) => {
    const out = output(options.json ?? false);
    const covey = await openSender(options);
    const minted = await mintEmission(covey);
    out.result(
      'covey.emission-mint/1',
      { amount: minted?.amount ?? 0n, tx: minted?.tx ?? null, gasUsed: minted?.gasUsed ?? null },
      [minted ? `minted ${formatEther(minted.amount)} COVEY` : 'nothing to mint: too early, or no task has a weight'],
    );
  });
}

function syncCommand(): Command {
  const sync = command('sync', 'Bring a task’s weight up to date and move what it earned into its budget', [
    'emission sync --task 1 --key-file any.key',
  ]);
  return withAccount(withChain(sync))
    .requiredOption('--task <id>', 'task', taskId)
    .action(async (options: CommonOptions & { task: bigint }) => {
      const out = output(options.json ?? false);
      const covey = await openSender(options);
      const { amount, tx, gasUsed } = await syncEmission(covey, options.task);
      out.result('covey.emission-sync/1', { taskId: options.task, amount, tx, gasUsed }, [
        `task ${options.task}: ${formatEther(amount)} COVEY into its budget`,
      ]);
    });
}
