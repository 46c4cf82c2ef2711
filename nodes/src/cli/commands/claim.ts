import type { Command } from 'commander';
import { formatEther, type Address } from 'viem';
import { claimTrainer, claimValidator, releaseVested } from '../../settle/claim.ts';
import { command, ethereumAddress, integer, taskId, withAccount, withChain, withReader } from '../arguments.ts';
import { openReader, openSender, type CommonOptions } from '../context.ts';
import { output } from '../output.ts';

export function claimCommand(): Command {
  const claim = command('claim', 'Claim a node’s rewards of a round, as trainer and as validator', [
    'claim --deployment covey.json --key-file node.key --task 1 --round 0',
    'claim --task 1 --round 0 --node 0x…   # for another node: it is paid, not the caller',
  ]);
  return withReader(withAccount(withChain(claim)))
    .requiredOption('--task <id>', 'task', taskId)
    .requiredOption('--round <n>', 'round, from 0', integer)
    .option('--node <address>', 'who is paid (default: the own account)', ethereumAddress)
    .option('--release', 'pay out what has vested since, too')
    .action(async (options: CommonOptions & { task: bigint; round: number; node?: Address; release?: boolean }) => {
      const out = output(options.json ?? false);
      const { sender, deployment } = await openSender(options);
      const node = options.node ?? sender.address;
      const claimed = { taskId: options.task, round: options.round, node };
      const trainer = await claimTrainer(sender, deployment, openReader(options), claimed);
      const validator = await claimValidator(sender, deployment, claimed);
      const released = options.release ? await releaseVested(sender, deployment, claimed) : null;
      const part = (sent: typeof trainer) => sent && { tx: sent.tx, gasUsed: sent.gasUsed, ...sent.payout };
      const line = (role: string, sent: typeof trainer) =>
        sent
          ? `${role}: ${formatEther(sent.payout.total)} COVEY, ${formatEther(sent.payout.vesting)} of it vesting`
          : `${role}: nothing to claim`;
      out.result(
        'covey.claim/1',
        { ...claimed, trainer: part(trainer), validator: part(validator), released: released?.amount ?? 0n },
        [
          line('trainer', trainer),
          line('validator', validator),
          ...(options.release ? [`released: ${formatEther(released?.amount ?? 0n)} COVEY`] : []),
        ],
      );
    });
}
