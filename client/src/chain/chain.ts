import type { Deployment } from '@covey/contracts/abi';
import type { Abi, ContractEventName, PublicClient } from 'viem';
import { readChainEvents, type ContractEvents, type EventFilter } from './events.ts';
import type { WriteClient } from './clients.ts';
import { Sender, type GasLimits, type Sending } from './sender.ts';

/**
 * One deployment of Covey, read through one client: what every read takes. `CoveyChain<'tokenVoting'>` is a chain of
 * which that address alone is asked: any DAO's TokenVoting will do, of a Covey or not.
 */
export interface CoveyChain<name extends keyof Deployment = keyof Deployment> {
  readonly deployment: Pick<Deployment, name>;
  /** Calls and blocks. Events are read with `events` alone. */
  readonly publicClient: PublicClient;
  /** All events of contracts are read here, so that they are proven, or refused, in one place. */
  events<const abi extends Abi, name extends ContractEventName<abi>>(
    filter: EventFilter<abi, name>,
  ): Promise<ContractEvents<abi, name>>;
}

/** The same with an account: what every write takes. */
export interface CoveyWriter<name extends keyof Deployment = keyof Deployment> extends CoveyChain<name> {
  readonly sender: Sender;
}

export interface ConnectParameters<name extends keyof Deployment = keyof Deployment> {
  deployment: Pick<Deployment, name | 'startBlock'>;
  publicClient: PublicClient;
}

export interface ConnectWriterParameters<
  name extends keyof Deployment = keyof Deployment,
> extends ConnectParameters<name> {
  wallet: WriteClient;
  /** What its transactions may cost. Default: no limit. */
  limits?: GasLimits;
  /** How they are seen into a block, and who hears of it. */
  sending?: Sending;
}

/** One deployment, or as much of one as is named, through one client; with a wallet, one that writes too. */
export function connect<const name extends keyof Deployment>(
  parameters: ConnectWriterParameters<name>,
): CoveyWriter<name | 'startBlock'>;
export function connect<const name extends keyof Deployment>(
  parameters: ConnectParameters<name>,
): CoveyChain<name | 'startBlock'>;
export function connect<const name extends keyof Deployment>({
  deployment,
  publicClient,
  wallet,
  limits = {},
  sending = {},
}: ConnectParameters<name> & Partial<ConnectWriterParameters<name>>): CoveyChain<name | 'startBlock'> {
  const startBlock = BigInt(deployment.startBlock);
  const chain: CoveyChain<name | 'startBlock'> = {
    deployment,
    publicClient,
    events: (filter) => readChainEvents(publicClient, startBlock, filter),
  };
  if (!wallet) return chain;
  const sender = new Sender({ client: publicClient, wallet, ...limits, ...sending });
  const writer: CoveyWriter<name | 'startBlock'> = { ...chain, sender };
  return writer;
}
