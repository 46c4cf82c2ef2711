// The options that commands share; a command spreads those that it takes, in the order in which its help shows them.
import { amount, ethereumAddress, gwei, integer, part, positive, taskId, taskIds, urls } from './arguments.ts';
import type { Deployment } from '@covey/contracts/abi';
import { levels } from '../log/levels.ts';
import { logFormats } from '../log/logger.ts';
import {
  flag,
  oneOf,
  optional,
  orConfig,
  orEnvironment,
  preset,
  presetOneOf,
  required,
  several,
  type OptionSpec,
  type Values,
} from './define-command.ts';

export const chainOptions = {
  rpc: orConfig(
    orEnvironment(
      preset(
        '--rpc <urls>',
        'JSON-RPC endpoint; several, comma-separated, stand in for each other',
        'http://127.0.0.1:8545',
      ),
      'COVEY_RPC',
    ),
  ),
  agree: orConfig(optional('--agree <n>', 'accept a read only if so many endpoints answer alike', positive)),
  // A file, but what it would hold where a config file has that.
  deployment: orConfig(
    orEnvironment(optional('--deployment <file>', 'addresses of the contracts'), 'COVEY_DEPLOYMENT'),
  ) as OptionSpec<string | Deployment | undefined>,
};

/** The password is asked on the terminal where no file has it; the environment has it in COVEY_PASSWORD. */
export const keystoreOptions = {
  keystore: orConfig(orEnvironment(optional('--keystore <file>', 'encrypted key of the account'), 'COVEY_KEYSTORE'), {
    yieldsTo: 'COVEY_PRIVATE_KEY',
  }),
  passwordFile: orEnvironment(
    optional('--password-file <file>', 'its password (or environment COVEY_PASSWORD, or the terminal)'),
    'COVEY_PASSWORD_FILE',
  ),
};

/** Whose key signs. */
export const keyOptions = {
  keyFile: optional('--key-file <file>', 'private key in hex (or environment COVEY_PRIVATE_KEY)'),
  ...keystoreOptions,
};

export const accountOptions = { ...chainOptions, ...keyOptions };

/** What the transactions of a daemon may cost. */
export const gasOptions = {
  maxGas: optional('--max-gas <n>', 'most gas that one transaction may need', positive),
  maxGasPrice: optional('--max-gas-price <gwei>', 'never offer more; send nothing while gas costs more', gwei),
};

/** What tasks may take from a node, whatever they ask for. */
export const limitOptions = {
  ...gasOptions,
  stake: optional('--stake <amount>', 'own stake to hold at least, in COVEY', amount),
  maxStake: optional(
    '--max-stake <amount>',
    'own stake that a task may have of the node, in COVEY (default: what is staked already)',
    amount,
  ),
  allocate: optional(
    '--allocate <ratio>',
    'part of the stake that each task gets (default: what is free, up to --max-stake)',
    part,
  ),
  maxDisk: optional('--max-disk <MiB>', 'keep no more than this in the state folder', positive),
  maxMemory: optional('--max-memory <MiB>', 'leave out tasks that need more memory', positive),
};

/** For whom the account acts. */
export const officeOptions = {
  node: optional(
    '--node <address>',
    'act as this node’s operator (default: the own account is the node)',
    ethereumAddress,
  ),
};

export const beaconOptions = {
  beacon: orConfig(
    orEnvironment(
      optional('--beacon <urls>', 'relays of the drand network, comma-separated (default: those of quicknet)', urls),
      'COVEY_BEACON',
    ),
  ),
  beaconChain: orConfig(optional('--beacon-chain <hash>', 'which network they answer for (default: quicknet)')),
};

export const bondOption = (fallback: string) => ({
  maxBond: optional(
    '--max-bond <amount>',
    `most to pay as a bond of a challenge, in COVEY (default: ${fallback})`,
    amount,
  ),
});

export const contentOptions = {
  ipfs: orConfig(
    orEnvironment(preset('--ipfs <url>', 'Kubo RPC of an IPFS node', 'http://127.0.0.1:5001'), 'COVEY_IPFS'),
  ),
};

export const readerOptions = {
  ...contentOptions,
  gateway: orConfig(
    orEnvironment(optional('--gateway <url>', 'read from this trustless gateway instead'), 'COVEY_GATEWAY'),
  ),
};

/** Models that nobody can fetch opened: sealed ones. */
export const modelFileOption = {
  modelFile: several('--model-file <files...>', 'files of sealed models, opened, as `covey pull` writes them'),
};

export const pollOption = {
  pollMs: preset('--poll-ms <n>', 'milliseconds between looks at the chain', 1000, positive),
};

/** How a daemon is watched. */
export const serviceOptions = {
  logFormat: oneOf('--log-format <format>', 'text for people (default), or json: one object a line', logFormats),
  logLevel: presetOneOf('--log-level <level>', 'say no less than this', 'info', levels),
  metricsPort: optional('--metrics-port <n>', 'serve /metrics, /healthz and /readyz there; 0: any free port', integer),
  metricsHost: preset('--metrics-host <address>', 'address to serve them on', '127.0.0.1'),
};

export const daemonOptions = {
  task: optional('--task <ids>', 'only these tasks, comma-separated (default: all)', taskIds),
  ...pollOption,
  once: flag('--once', 'look once, do what is due, and end'),
  ...serviceOptions,
};

export const stateOptions = {
  stateDir: orConfig(
    orEnvironment(
      preset('--state-dir <folder>', 'where salts are kept; losing it forfeits stake', '.covey/state'),
      'COVEY_STATE_DIR',
    ),
  ),
};

export const snapshotHub = (what: string) =>
  orConfig(orEnvironment(optional('--hub <url>', `GraphQL endpoint of a Snapshot hub: ${what}`), 'COVEY_HUB'));

export const taskOption = { task: required('--task <id>', 'task', taskId) };

export const roundOptions = { ...taskOption, round: required('--round <n>', 'round, from 0', integer) };

export const amountOption = { amount: required('--amount <amount>', 'COVEY', amount) };

export const keysOption = { keys: required('--keys <file>', 'the file that `task create` wrote') };

/** What a DAO decides: made already, or calls that nobody has proposed yet. */
export const callsOption = { actions: optional('--actions <file>', 'JSON list of calls {to, value, data}') };

/** Whose pool and whose position in it, where anyone may act for its owner. */
export const positionOptions = {
  ...accountOptions,
  node: optional('--node <address>', 'whose pool (default: the own account)', ethereumAddress),
  owner: optional('--owner <address>', 'whose position in it (default: the own account)', ethereumAddress),
};

export type ChainOptions = Values<typeof chainOptions>;
export type AccountOptions = Values<typeof accountOptions>;
export type BeaconOptions = Values<typeof beaconOptions>;
export type ContentOptions = Values<typeof contentOptions>;
export type ReaderOptions = Values<typeof readerOptions>;
export type DaemonOptions = Values<typeof daemonOptions>;
export type GasOptions = Values<typeof gasOptions>;
export type LimitOptions = Values<typeof limitOptions>;
export type ServiceOptions = Values<typeof serviceOptions>;
export type StateOptions = Values<typeof stateOptions>;
