import type { Command } from 'commander';
import { Keeper } from '../../keeper/keeper.ts';
import { command, snapshotHub, withAccount, withChain, withDaemon, withReader } from '../arguments.ts';
import { hubSource, openSender, type CommonOptions } from '../context.ts';
import { output } from '../output.ts';
import { runDaemon, type DaemonArguments } from '../run-daemon.ts';

interface KeeperArguments {
  openRounds?: boolean;
  emission: boolean;
  hub?: string;
}

export function keeperCommand(): Command {
  const keeper = command(
    'keeper',
    'Keep rounds moving: draw, accept, finalize, open claims, execute slash cases, mint',
    [
      'keeper --deployment covey.json --key-file any.key --open-rounds',
      'keeper --hub https://server/graphql --gateway https://server   # Snapshot votes too',
      'keeper --task 1 --once --json',
    ],
  );
  return withDaemon(withReader(withAccount(withChain(keeper))))
    .option('--open-rounds', 'open the next round of approved, funded tasks too')
    .option('--no-emission', 'do not mint and sync the daily emission')
    .addOption(snapshotHub('bring its votes on binding proposals on chain, and execute what they decided'))
    .action(async (options: CommonOptions & DaemonArguments & KeeperArguments) => {
      const out = output(options.json ?? false);
      const covey = await openSender(options);
      const node = new Keeper({
        covey,
        openRounds: options.openRounds ?? false,
        emission: options.emission,
        ...(options.hub !== undefined && { snapshot: hubSource(options, options.hub) }),
        onEvent: (event) => out.event(event),
      });
      await runDaemon(options, (daemon) => node.run(daemon));
    });
}
