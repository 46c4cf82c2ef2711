import type { Deployment } from '@covey/contracts/abi';
import type { Abi, ContractEventName, PublicClient } from 'viem';
import { readChainEvents, type ContractEvents, type EventFilter } from './events.ts';
import type { WriteClient } from './clients.ts';
import { Sender, type GasLimits } from './sender.ts';

/** One deployment of Covey, read through one client: what every read takes. */
export interface CoveyChain {
  readonly deployment: Deployment;
  /** Calls and blocks. Events are read with `events` alone. */
  readonly publicClient: PublicClient;
  /** All events of contracts are read here, so that they are proven, or refused, in one place. */
  events<const abi extends Abi, name extends ContractEventName<abi>>(
    filter: EventFilter<abi, name>,
  ): Promise<ContractEvents<abi, name>>;
}

/** The same with an account: what every write takes. */
export interface CoveyWriter extends CoveyChain {
  readonly sender: Sender;
}

export interface ConnectParameters {
  deployment: Deployment;
  publicClient: PublicClient;
}

export interface ConnectWriterParameters extends ConnectParameters {
  wallet: WriteClient;
  /** What its transactions may cost. Default: no limit. */
  limits?: GasLimits;
}

/** One deployment through one client; with a wallet, one that writes too. */
export function connect(parameters: ConnectWriterParameters): CoveyWriter;
export function connect(parameters: ConnectParameters): CoveyChain;
export function connect({
  deployment,
  publicClient,
  wallet,
  limits = {},
}: ConnectParameters & Partial<ConnectWriterParameters>): CoveyChain | CoveyWriter {
  const startBlock = BigInt(deployment.startBlock);
  const chain: CoveyChain = {
    deployment,
    publicClient,
    events: (filter) => readChainEvents(publicClient, startBlock, filter),
  };
  return wallet ? { ...chain, sender: new Sender({ client: publicClient, wallet, ...limits }) } : chain;
}
