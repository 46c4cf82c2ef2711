import type { Abi, Address, ContractEventName, GetContractEventsReturnType, PublicClient } from 'viem';
import type { ContractEventArgs } from 'viem';

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

/** Decoded events in the order of the chain. Logs that do not decode are none of this event's. */
export type ContractEvents<abi extends Abi, name extends ContractEventName<abi>> = GetContractEventsReturnType<
  abi,
  name,
  true,
  bigint,
  bigint
>;

/** Reads events as one endpoint gives them. */
export async function readEvents<const abi extends Abi, name extends ContractEventName<abi>>(
  publicClient: PublicClient,
  startBlock: bigint,
  filter: EventFilter<abi, name>,
): Promise<ContractEvents<abi, name>> {
  const { fromBlock = startBlock, ...rest } = filter;
  // The filter's type says what viem's conditional types cannot follow through a generic.
  const query = { ...rest, fromBlock, strict: true } as unknown as Parameters<PublicClient['getContractEvents']>[0];
  return (await publicClient.getContractEvents(query)) as unknown as ContractEvents<abi, name>;
}
