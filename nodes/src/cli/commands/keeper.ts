import type { Command } from 'commander';
import { Keeper } from '../../keeper/keeper.ts';
import { command, withAccount, withChain, withDaemon } from '../arguments.ts';
import { openSender, type CommonOptions } from '../context.ts';
import { output } from '../output.ts';
import { runDaemon, type DaemonArguments } from '../run-daemon.ts';

export function keeperCommand(): Command {
  const keeper = command(
    'keeper',
    'Keep rounds moving: draw, accept, finalize, open claims, execute slash cases, mint',
    ['keeper --deployment covey.json --key-file any.key --open-rounds', 'keeper --task 1 --once --json'],
  );
  return withDaemon(withAccount(withChain(keeper)))
    .option('--open-rounds', 'open the next round of approved, funded tasks too')
    .option('--no-emission', 'do not mint and sync the daily emission')
    .action(async (options: CommonOptions & DaemonArguments & { openRounds?: boolean; emission: boolean }) => {
      const out = output(options.json ?? false);
      const { publicClient, wallet, deployment } = await openSender(options);
      const node = new Keeper({
        publicClient,
        wallet,
        deployment,
        openRounds: options.openRounds ?? false,
        emission: options.emission,
        onEvent: (event) => out.event(event),
      });
      await runDaemon(options, (daemon) => node.run(daemon));
    });
}
