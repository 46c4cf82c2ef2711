import { stakeManagerAbi } from '@covey/contracts/abi';
import type { Command } from 'commander';
import { formatEther } from 'viem';
import { readOwnStake, stake } from '../../stake/ensure-stake.ts';
import { amount, command, withAccount, withChain } from '../arguments.ts';
import { openSender, type CommonOptions } from '../context.ts';
import { output } from '../output.ts';

interface Options extends CommonOptions {
  add?: bigint;
  unstake?: bigint;
  withdraw?: boolean;
}

export function stakeCommand(): Command {
  const staking = command('stake', 'Show, add to or take back own stake', [
    'stake --deployment covey.json --key-file node.key',
    'stake --key-file node.key --add 500',
    'stake --key-file node.key --unstake 200   # then --withdraw after the cooldown',
  ]);
  return withAccount(withChain(staking))
    .option('--add <amount>', 'COVEY to stake', amount)
    .option('--unstake <amount>', 'COVEY whose cooldown to start', amount)
    .option('--withdraw', 'pay out what a finished cooldown released')
    .action(async (options: Options) => {
      const out = output(options.json ?? false);
      const { sender, deployment, publicClient } = await openSender(options);
      const contract = { address: deployment.stakeManager, abi: stakeManagerAbi } as const;
      if (options.add !== undefined) await stake(sender, deployment, options.add, (event) => out.step(event));
      if (options.unstake !== undefined) {
        await sender.send({ ...contract, functionName: 'requestUnstake', args: [options.unstake] });
      }
      if (options.withdraw) await sender.send({ ...contract, functionName: 'withdraw', args: [sender.address] });
      const own = await readOwnStake(sender, deployment, sender.address);
      const [unstaking, availableAt] = await publicClient.readContract({
        ...contract,
        functionName: 'unstakingOf',
        args: [sender.address],
      });
      out.result('covey.stake/1', { node: sender.address, own, unstaking, availableAt }, [
        `${sender.address}: ${formatEther(own)} COVEY staked`,
        ...(unstaking > 0n ? [`${formatEther(unstaking)} unstaking, available at ${availableAt} (unix time)`] : []),
      ]);
    });
}
