import { Keeper } from '../../keeper/keeper.ts';
import { hubSource, openBeacon } from '../context.ts';
import { defineCommand, unlessNot } from '../define-command.ts';
import { accountOptions, beaconOptions, daemonOptions, gasOptions, readerOptions, snapshotHub } from '../options.ts';
import { runDaemon, type Services } from '../run-daemon.ts';

export const keeper = defineCommand({
  name: 'keeper',
  summary: 'Keep rounds moving: draw, accept, finalize, repeat or void, open claims, report, slash, free stakes',
  examples: [
    'keeper --key-file any.key',
    'keeper --hub https://server/graphql --gateway https://server   # Snapshot votes too',
    'keeper --task 1 --once --json',
  ],
  options: {
    ...accountOptions,
    ...readerOptions,
    ...daemonOptions,
    ...gasOptions,
    ...beaconOptions,
    report: unlessNot('--no-report', 'do not open slash cases against offenders'),
    emission: unlessNot('--no-emission', 'do not mint what rounds earned'),
    expire: unlessNot('--no-expire', 'do not end tasks that nobody moves any more'),
    hub: snapshotHub('bring its votes on binding proposals on chain, and execute what they decided'),
  },
  async run(options, out) {
    const { report, emission, expire, hub } = options;
    const daemon = async ({ covey, onEvent }: Services) =>
      new Keeper({
        ...{ covey, onEvent },
        beacon: openBeacon(options),
        ...{ report, emission, expire },
        ...(hub !== undefined && { snapshot: hubSource(options, hub) }),
      });
    await runDaemon(options, out, daemon);
  },
});
