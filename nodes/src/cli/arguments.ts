import { Command, InvalidArgumentError, Option } from 'commander';
import { isAddress, parseEther, type Address, type Hex } from 'viem';

/** A command with the options that all share. */
export function command(name: string, description: string, examples: string[]): Command {
  return new Command(name)
    .description(description)
    .option('--json', 'print JSON on stdout')
    .addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ covey ${example}`).join('\n')}`);
}

export function withChain(target: Command): Command {
  return target
    .addOption(new Option('--rpc <url>', 'JSON-RPC endpoint').env('COVEY_RPC').default('http://127.0.0.1:8545'))
    .addOption(new Option('--deployment <file>', 'addresses of the contracts').env('COVEY_DEPLOYMENT'));
}

export function withAccount(target: Command): Command {
  return target.option('--key-file <file>', 'private key in hex (or environment COVEY_PRIVATE_KEY)');
}

export function withContent(target: Command): Command {
  return target.addOption(
    new Option('--ipfs <url>', 'Kubo RPC of an IPFS node').env('COVEY_IPFS').default('http://127.0.0.1:5001'),
  );
}

export function withReader(target: Command): Command {
  return withContent(target).addOption(
    new Option('--gateway <url>', 'read from this trustless gateway instead').env('COVEY_GATEWAY'),
  );
}

export function snapshotHub(what: string): Option {
  return new Option('--hub <url>', `GraphQL endpoint of a Snapshot hub: ${what}`).env('COVEY_HUB');
}

export function withDaemon(target: Command): Command {
  return target
    .option('--task <ids>', 'only these tasks, comma-separated (default: all)', taskIds)
    .option('--poll-ms <n>', 'milliseconds between looks at the chain', positive, 1000)
    .option('--once', 'look once, do what is due, and end');
}

export function withState(target: Command): Command {
  return target.addOption(
    new Option('--state-dir <folder>', 'where salts are kept; losing it forfeits stake')
      .env('COVEY_STATE_DIR')
      .default('.covey/state'),
  );
}

export function integer(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 0.');
  return Number(text);
}

export function positive(text: string): number {
  const value = integer(text);
  if (value < 1) throw new InvalidArgumentError('Expected a whole number from 1.');
  return value;
}

export function decimal(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Expected a number.');
  return value;
}

export function taskId(text: string): bigint {
  if (!/^[1-9]\d{0,20}$/.test(text)) throw new InvalidArgumentError('Expected a number from 1.');
  return BigInt(text);
}

/** TokenVoting counts its proposals from 0. */
export function proposalId(text: string): bigint {
  if (!/^(0|[1-9]\d{0,76})$/.test(text)) throw new InvalidArgumentError('Expected a number from 0.');
  return BigInt(text);
}

export function taskIds(text: string): bigint[] {
  return text.split(',').map(taskId);
}

/** COVEY with up to 18 decimals, or wei with the suffix `wei`. */
export function amount(text: string): bigint {
  const wei = /^(\d+)wei$/.exec(text);
  if (wei) return BigInt(wei[1]!);
  if (!/^\d+(\.\d{1,18})?$/.test(text)) throw new InvalidArgumentError('Expected COVEY such as 250 or 0.5, or 10wei.');
  return parseEther(text);
}

/** A decimal from 0 to 1, scaled by 1e18. */
export function ratio(text: string): bigint {
  if (!/^(0(\.\d{1,18})?|1(\.0{1,18})?)$/.test(text)) throw new InvalidArgumentError('Expected a number from 0 to 1.');
  return parseEther(text);
}

export function ethereumAddress(text: string): Address {
  if (!isAddress(text, { strict: false })) throw new InvalidArgumentError('Expected an address: 0x and 40 hex digits.');
  return text;
}

export function digest(text: string): Hex {
  if (!/^0x[0-9a-fA-F]{64}$/.test(text)) throw new InvalidArgumentError('Expected a digest: 0x and 64 hex digits.');
  return text.toLowerCase() as Hex;
}
