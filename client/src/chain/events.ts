import type { Abi, Address, ContractEventName, GetContractEventsReturnType, PublicClient } from 'viem';
import type { ContractEventArgs } from 'viem';
import { clientError } from '../errors.ts';
import { readHeader } from '../logs/header.ts';
import { readEvents } from '../logs/read-events.ts';
import type { Rpc } from '../logs/rpc.ts';

/** Which events of one contract; `args` narrows indexed arguments. */
export interface EventFilter<abi extends Abi, name extends ContractEventName<abi>> {
  address: Address;
  abi: abi;
  eventName: name;
  args?: ContractEventArgs<abi, name>;
  /** First block; without it, the block that the deployment began in. */
  fromBlock?: bigint;
  /** Last block; without it, the newest. */
  toBlock?: bigint;
}

/** Decoded events in the order of the chain. */
export type ContractEvents<abi extends Abi, name extends ContractEventName<abi>> = GetContractEventsReturnType<
  abi,
  name,
  true,
  bigint,
  bigint
>;

/**
 * All events of a filter, each once: proven as `readLogs` says, or refused with its codes. What several contracts' counts
 * prove beyond that is checked by who asks.
 */
export async function readChainEvents<const abi extends Abi, name extends ContractEventName<abi>>(
  publicClient: PublicClient,
  startBlock: bigint,
  filter: EventFilter<abi, name>,
): Promise<ContractEvents<abi, name>> {
  const { fromBlock = startBlock, toBlock = await newestBlock({ publicClient }), ...rest } = filter;
  const { events } = await readEvents(publicClient as unknown as Rpc, { ...rest, fromBlock, toBlock });
  return events as unknown as ContractEvents<abi, name>;
}

/** The newest block's number, at which events and state can be read alike. */
export async function newestBlock({ publicClient }: { publicClient: PublicClient }): Promise<bigint> {
  const head = await readHeader(publicClient as unknown as Rpc, 'latest');
  if (!head) throw clientError('CHAIN_LAGGING', 'The endpoint has no newest block.');
  return head.number;
}
