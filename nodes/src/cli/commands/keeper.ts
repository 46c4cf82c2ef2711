import { Keeper } from '../../keeper/keeper.ts';
import { hubSource, openSender } from '../context.ts';
import { defineCommand, flag, unlessNot } from '../define-command.ts';
import { accountOptions, daemonOptions, gasOptions, readerOptions, snapshotHub } from '../options.ts';
import { runDaemon } from '../run-daemon.ts';

export const keeper = defineCommand({
  name: 'keeper',
  summary: 'Keep rounds moving: draw, accept, finalize, open claims, execute slash cases, mint',
  examples: [
    'keeper --deployment covey.json --key-file any.key --open-rounds',
    'keeper --hub https://server/graphql --gateway https://server   # Snapshot votes too',
    'keeper --task 1 --once --json',
  ],
  options: {
    ...accountOptions,
    ...readerOptions,
    ...daemonOptions,
    ...gasOptions,
    openRounds: flag('--open-rounds', 'open the next round of approved, funded tasks too'),
    emission: unlessNot('--no-emission', 'do not mint and sync the daily emission'),
    hub: snapshotHub('bring its votes on binding proposals on chain, and execute what they decided'),
  },
  async run(options, out) {
    const covey = await openSender(options);
    const node = new Keeper({
      covey,
      openRounds: options.openRounds ?? false,
      emission: options.emission,
      ...(options.hub !== undefined && { snapshot: hubSource(options, options.hub) }),
      onEvent: (event) => out.event(event),
    });
    await runDaemon(options, (daemon) => node.run(daemon));
  },
});
