import { issueMessage, issueSentence } from '@covey/errors';
import { chainError, connect, drandRelays, gatewayStore, rpcTransport } from '@covey/client';
import type {
  BeaconSource,
  ContentReader,
  ContentStore,
  CoveyChain,
  CoveyWriter,
  FileSource,
  OnTransaction,
  RpcEvent,
  WriteClient,
} from '@covey/client';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Deployment } from '@covey/contracts/abi';
import type { HubSource } from '@covey/governance';
import { deploymentSchema } from '@covey/governance/deployment';
import { loadNodeCore } from '@covey/wasm-core/node';
import { createPublicClient, createWalletClient, defineChain, type Address, type PublicClient } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import type { z } from 'zod';
import { kuboStore } from '@covey/client/kubo';
import { nodeError } from '../errors.ts';
import { openKey } from './account.ts';
import type { OperatorLimits } from '../participant/limits.ts';
import type {
  AccountOptions,
  BeaconOptions,
  ChainOptions,
  ContentOptions,
  GasOptions,
  LimitOptions,
  ReaderOptions,
  StateOptions,
} from './options.ts';

export async function readDeployment(options: ChainOptions): Promise<Deployment> {
  if (!options.deployment) {
    throw nodeError('CONFIG_INVALID', 'Which deployment of Covey? None was named.', {
      expected: '--deployment FILE, COVEY_DEPLOYMENT, or a config file as `covey init` writes it',
    });
  }
  if (typeof options.deployment === 'object') return options.deployment;
  return await readJson(options.deployment, deploymentSchema, 'a deployment file');
}

export async function readJson<T>(path: string, schema: z.ZodType<T>, what: string): Promise<T> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    const problem = cause instanceof SyntaxError ? `${path} holds no JSON.` : `Cannot read ${path}.`;
    throw nodeError('CONFIG_INVALID', problem, { expected: what, cause });
  }
  const parsed = schema.safeParse(value, { error: issueMessage });
  if (!parsed.success) {
    throw nodeError('CONFIG_INVALID', `${path} is not ${what}.`, {
      got: issueSentence(parsed.error.issues[0]!),
      cause: parsed.error,
    });
  }
  return parsed.data;
}

/** Who hears of transactions and endpoints. */
export interface ChainHooks {
  onTransaction?: OnTransaction;
  onEndpoint?: (event: RpcEvent) => void;
}

/** Connects and checks that an endpoint serves the deployment's chain. */
export async function openChain(options: ChainOptions, hooks: ChainHooks = {}): Promise<CoveyChain> {
  const deployment = await readDeployment(options);
  const publicClient = createPublicClient({
    ...connection(deployment, options, hooks),
    pollingInterval: 250,
    cacheTime: 0,
  });
  try {
    await publicClient.getChainId();
  } catch (cause) {
    throw chainError(cause, 'connecting to the chain');
  }
  return connect({ deployment, publicClient: publicClient as PublicClient });
}

function connection(deployment: Deployment, { rpc, agree }: ChainOptions, { onEndpoint: onEvent }: ChainHooks = {}) {
  const urls = rpc.split(',').map((url) => url.trim());
  const chain = defineChain({
    id: deployment.chainId,
    name: `Chain ${deployment.chainId}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: urls } },
  });
  return { chain, transport: rpcTransport({ urls, chainId: deployment.chainId, agree, onEvent }) };
}

export async function openWallet(options: AccountOptions, deployment: Deployment): Promise<WriteClient> {
  const account = privateKeyToAccount(await openKey(options));
  return createWalletClient({ account, ...connection(deployment, options) });
}

export async function openSender(
  options: AccountOptions & Partial<GasOptions>,
  hooks: ChainHooks = {},
): Promise<CoveyWriter> {
  const { deployment, publicClient } = await openChain(options, hooks);
  const { maxGas, maxGasPrice } = options;
  const limits = { maxGas: maxGas === undefined ? undefined : BigInt(maxGas), maxGasPrice };
  const sending = { onTransaction: hooks.onTransaction };
  return connect({ deployment, publicClient, wallet: await openWallet(options, deployment), limits, sending });
}

/** What the operator of a node allows. */
export function limitsOf(
  { maxStake, maxMemory, maxDisk, maxBond }: LimitOptions & { maxBond?: bigint | undefined },
  maxSeconds: number | undefined,
): OperatorLimits {
  const times = (value: number | undefined, unit: number) => (value === undefined ? undefined : value * unit);
  return {
    maxStake,
    maxBond,
    maxMemoryBytes: times(maxMemory, 2 ** 20),
    maxDiskBytes: times(maxDisk, 2 ** 20),
    maxComputeMs: times(maxSeconds, 1_000),
  };
}

/** Where draws get the beacon from, on a deployment that has one. */
export function openBeacon({ beacon, beaconChain }: BeaconOptions): BeaconSource {
  return drandRelays({ ...(beacon && { urls: beacon }), ...(beaconChain && { chainHash: beaconChain }) });
}

export function openStore(options: ContentOptions): ContentStore {
  return kuboStore(options.ipfs);
}

/** For reading: a gateway when one is named, else the IPFS node. */
export function openReader(options: ReaderOptions): ContentReader {
  return options.gateway === undefined ? kuboStore(options.ipfs) : gatewayStore(options.gateway);
}

/** Everywhere a file may be, for commands that ask them at once: the own node, and gateways. */
export function openSources({ ipfs, gateway = [] }: { ipfs: string; gateway?: string[] | undefined }): FileSource[] {
  return [{ name: ipfs, reader: kuboStore(ipfs) }, ...gateway.map((url) => ({ name: url, reader: gatewayStore(url) }))];
}

/** Where signed Snapshot messages are read: a hub tells which there are, the content store has them. */
export function hubSource(options: ReaderOptions, hub: string): HubSource {
  const reader = openReader(options);
  return { hub, ipfs: (cid) => reader.getBlock(cid) };
}

export { loadNodeCore as openCore };

/** What every participant is told by its options. */
export function participantOptions(
  options: AccountOptions &
    ContentOptions &
    StateOptions &
    LimitOptions &
    BeaconOptions & { node?: Address | undefined },
) {
  const { node, stake, allocate } = options;
  return {
    stateDir: stateDir(options),
    beacon: openBeacon(options),
    ...(node !== undefined && { node }),
    ...(stake !== undefined && { stake }),
    ...(allocate !== undefined && { allocate }),
  };
}

export function stateDir(options: StateOptions): string {
  return resolve(options.stateDir);
}

/** What is written in a file that the caller names. */
export async function readText(path: string, what: string): Promise<string> {
  try {
    // Lines of whichever system: in texts of Covey they end in a newline alone.
    return (await readFile(path, 'utf8')).replaceAll('\r\n', '\n');
  } catch (cause) {
    throw nodeError('CONFIG_INVALID', `Cannot read ${path}.`, { expected: what, cause });
  }
}
