import { readContentKeys } from '../../market/content-keys.ts';
import { Seller } from '../../seller/seller.ts';
import { duration, ethereumAddress } from '../arguments.ts';
import { defineCommand, optional, preset, unlessNot } from '../define-command.ts';
import { accountOptions, daemonOptions, gasOptions } from '../options.ts';
import { runDaemon, type Services } from '../run-daemon.ts';
import { confirmationsOption, contentKeysOption, requireKeys } from './market/deliver.ts';

const { pollMs, once, logFormat, logLevel, metricsPort, metricsHost } = daemonOptions;

export const seller = defineCommand({
  name: 'seller',
  summary: 'Sell sealed models unattended: deliver keys before their deadlines, settle, withdraw',
  examples: [
    'seller --content-key model.key --keystore seller.json --password-file password',
    'seller --content-key keys/ --once --json   # every .key file of the folder',
    'seller --content-key keys/ --for 0x… --key-file delivery.key   # a key that the seller named to deliver',
  ],
  options: {
    ...accountOptions,
    ...contentKeysOption,
    for: optional('--for <address>', 'whose listings (default: the own account’s)', ethereumAddress),
    ...confirmationsOption,
    withdraw: unlessNot('--no-withdraw', 'leave what was sold in the contracts'),
    withdrawEvery: preset('--withdraw-every <time>', 'withdraw at most so often, as 1d or 6h', 86_400, duration),
    ...{ pollMs, once, logFormat, logLevel, metricsPort, metricsHost },
    ...gasOptions,
  },
  async run(options, out) {
    const paths = requireKeys(options.contentKey);
    // Once before all: a path that is wrong is said at once.
    await readContentKeys(paths);
    const { confirmations, withdraw, withdrawEvery } = options;
    const daemon = async ({ covey, onEvent }: Services) =>
      new Seller({
        ...{ covey, onEvent, confirmations, seller: options.for },
        keys: () => readContentKeys(paths),
        withdrawEvery: withdraw ? withdrawEvery : null,
      });
    await runDaemon(options, out, daemon);
  },
});
