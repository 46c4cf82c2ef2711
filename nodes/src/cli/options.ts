// The options that commands share; a command spreads those that it takes, in the order in which its help shows them.
import { positive, taskIds } from './arguments.ts';
import { flag, optional, orEnvironment, preset } from './define-command.ts';

export const chainOptions = {
  rpc: orEnvironment(preset('--rpc <url>', 'JSON-RPC endpoint', 'http://127.0.0.1:8545'), 'COVEY_RPC'),
  deployment: orEnvironment(optional('--deployment <file>', 'addresses of the contracts'), 'COVEY_DEPLOYMENT'),
};

export const accountOptions = {
  ...chainOptions,
  keyFile: optional('--key-file <file>', 'private key in hex (or environment COVEY_PRIVATE_KEY)'),
};

export const contentOptions = {
  ipfs: orEnvironment(preset('--ipfs <url>', 'Kubo RPC of an IPFS node', 'http://127.0.0.1:5001'), 'COVEY_IPFS'),
};

export const readerOptions = {
  ...contentOptions,
  gateway: orEnvironment(optional('--gateway <url>', 'read from this trustless gateway instead'), 'COVEY_GATEWAY'),
};

export const daemonOptions = {
  task: optional('--task <ids>', 'only these tasks, comma-separated (default: all)', taskIds),
  pollMs: preset('--poll-ms <n>', 'milliseconds between looks at the chain', 1000, positive),
  once: flag('--once', 'look once, do what is due, and end'),
};

export const stateOptions = {
  stateDir: orEnvironment(
    preset('--state-dir <folder>', 'where salts are kept; losing it forfeits stake', '.covey/state'),
    'COVEY_STATE_DIR',
  ),
};

export const snapshotHub = (what: string) =>
  orEnvironment(optional('--hub <url>', `GraphQL endpoint of a Snapshot hub: ${what}`), 'COVEY_HUB');
