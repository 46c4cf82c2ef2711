import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { connect } from '@covey/client';
import type { CoveyChain, CoveyWriter } from '@covey/client';
import { scaled } from '@covey/client/testing/pace';
import type { Deployment } from '@covey/contracts/abi/deployment';
import {
  createPublicClient,
  createTestClient,
  createWalletClient,
  defineChain,
  http,
  publicActions,
  toHex,
} from 'viem';
import type { Chain, HttpTransport, PrivateKeyAccount, PublicClient, TestClient } from 'viem';
import { mnemonicToAccount, privateKeyToAccount } from 'viem/accounts';
import { governanceError } from '../errors.ts';

/** The mnemonic that every Ethereum development chain uses: its keys are public, never send value to them. */
export const testMnemonic = 'test test test test test test test test test test test junk';

export interface StartAnvilOptions {
  /** How many unlocked, funded accounts. Default 40. */
  accounts?: number;
  /** Default: one that the system picks. */
  port?: number;
  /** Default 127.0.0.1. */
  host?: string;
  chainId?: number;
  /** File that the chain is loaded from and saved to, every second and when it stops. */
  state?: string;
  /** Makes a block every so many seconds, beside the one that every transaction makes; default: none. Draws wait for blocks. */
  blockTime?: number;
  /** Another branch of a chain: its blocks to this one are that chain's, and those after it its own. */
  branch?: { rpcUrl: string; block: bigint };
}

/** A wallet client that also reads, signing on this side with the account's key. */
export type AnvilWallet = ReturnType<typeof walletFor>;

export interface Anvil {
  rpcUrl: string;
  port: number;
  pid: number;
  chain: Chain;
  /** Local accounts with their keys; the chain has the same ones unlocked. */
  accounts: PrivateKeyAccount[];
  publicClient: PublicClient<HttpTransport, Chain>;
  testClient: TestClient<'anvil', HttpTransport, Chain>;
  /** Wallet and public actions for one of the accounts. */
  wallet(index: number): AnvilWallet;
  /** A deployment on this chain; with the index of a test account, as that account sees and changes it. */
  covey<name extends keyof Deployment>(
    deployment: Pick<Deployment, name | 'startBlock'>,
  ): CoveyChain<name | 'startBlock'>;
  covey<name extends keyof Deployment>(
    deployment: Pick<Deployment, name | 'startBlock'>,
    account: number,
  ): CoveyWriter<name | 'startBlock'>;
  /** Moves the clock and mines one block, so that reads see the new time. */
  advance(seconds: number): Promise<void>;
  /** Ends the process and waits for it; what `state` names is written first. Safe to call twice. */
  stop(): Promise<void>;
}

/** Anvil answers in a millisecond; viem's default of four seconds between polls is for public chains. */
const pollingInterval = 25;
/** Longest that it may take to listen, and to answer one call, on an idle machine. */
const [startMs, callMs] = [20_000, 20_000];

/** The binary of the installed platform package; else whatever `anvil` is on PATH. */
function anvilBinary(): string {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const platform = process.platform;
  const name = `@foundry-rs/anvil-${platform}-${arch}`;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return join(dirname(manifest), 'bin', platform === 'win32' ? 'anvil.exe' : 'anvil');
  } catch {
    return 'anvil';
  }
}

function testAccounts(count: number): PrivateKeyAccount[] {
  // One key stretching for all of them: mnemonicToAccount would repeat it (0.1 s) for each account.
  const parent = mnemonicToAccount(testMnemonic, { path: `m/44'/60'/0'/0` }).getHdKey();
  return Array.from({ length: count }, (_, index) => {
    const key = parent.deriveChild(index).privateKey;
    if (!key) throw governanceError('GOV_ANVIL_START', `No private key could be derived for account ${index}.`);
    return privateKeyToAccount(toHex(key));
  });
}

const transportTo = (rpcUrl: string) => http(rpcUrl, { timeout: scaled(callMs) });

function walletFor(account: PrivateKeyAccount, chain: Chain, rpcUrl: string) {
  return createWalletClient({ account, chain, transport: transportTo(rpcUrl), pollingInterval, cacheTime: 0 }).extend(
    publicActions,
  );
}

/** Resolves with the port that the process says it listens on; rejects when it ends or stays silent. */
function listening(child: ChildProcessByStdio<null, Readable, Readable>): Promise<number> {
  return new Promise((resolvePort, reject) => {
    let output = '';
    const fail = (what: string, cause?: unknown) => {
      clearTimeout(timer);
      reject(
        governanceError('GOV_ANVIL_START', `anvil ${what}.`, {
          got: output.slice(-2000),
          hint: 'Run `npm ci`, or put a Foundry `anvil` on PATH.',
          cause,
        }),
      );
    };
    const patience = scaled(startMs);
    const timer = setTimeout(() => fail(`did not listen within ${patience} ms`), patience);
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const match = /Listening on [^\s]*:(\d+)/.exec(output);
      if (!match) return;
      clearTimeout(timer);
      // From here on the output is of no interest, but an unread pipe would block the chain.
      child.stdout.off('data', read).resume();
      child.stderr.off('data', read).resume();
      resolvePort(Number(match[1]));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', (cause) => fail('could not be started', cause));
    child.once('exit', (code, signal) => fail(`ended with ${signal ?? `code ${code}`}`));
  });
}

/** Starts a development chain of its own and waits until it answers. */
export async function startAnvil(options: StartAnvilOptions = {}): Promise<Anvil> {
  const {
    accounts: count = 40,
    port: wanted = 0,
    host = '127.0.0.1',
    chainId = 31337,
    state,
    blockTime,
    branch,
  } = options;
  const args = [
    '--accounts',
    count,
    '--port',
    wanted,
    '--host',
    host,
    '--chain-id',
    chainId,
    '--mnemonic',
    testMnemonic,
  ];
  if (state) {
    const file = resolve(state);
    mkdirSync(dirname(file), { recursive: true }); // anvil saves nothing, and says nothing, when the folder is missing
    args.push('--state', file, '--state-interval', 1);
  }
  if (branch) args.push('--fork-url', branch.rpcUrl, '--fork-block-number', String(branch.block));
  if (blockTime) args.push('--block-time', blockTime, '--mixed-mining');

  const child = spawn(anvilBinary(), args.map(String), { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  const killWithParent = () => child.kill('SIGKILL');
  process.once('exit', killWithParent);
  const stop = async () => {
    process.off('exit', killWithParent);
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), scaled(5_000));
    await ended;
    clearTimeout(late);
  };

  try {
    const port = await listening(child);
    const rpcUrl = `http://${host}:${port}`;
    const chain = defineChain({
      id: chainId,
      name: 'Anvil',
      nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
      rpcUrls: { default: { http: [rpcUrl] } },
      testnet: true,
    });
    const transport = transportTo(rpcUrl);
    const publicClient = createPublicClient({ chain, transport, pollingInterval, cacheTime: 0 });
    const testClient = createTestClient({ mode: 'anvil', chain, transport, pollingInterval });
    const accounts = testAccounts(count);
    await publicClient.getBlockNumber();
    const wallet = (index: number): AnvilWallet => {
      const account = accounts[index];
      if (!account) {
        throw governanceError('GOV_INVALID_ARGUMENT', `There is no test account ${index}.`, {
          expected: `0 to ${count - 1}`,
          got: index,
        });
      }
      return walletFor(account, chain, rpcUrl);
    };
    const covey = (deployment: Deployment, account?: number) =>
      account === undefined
        ? connect({ deployment, publicClient })
        : connect({ deployment, publicClient, wallet: wallet(account) });
    return {
      rpcUrl,
      port,
      pid: child.pid ?? 0,
      chain,
      accounts,
      publicClient,
      testClient,
      wallet,
      covey: covey as Anvil['covey'],
      async advance(seconds) {
        await testClient.increaseTime({ seconds });
        await testClient.mine({ blocks: 1 });
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
