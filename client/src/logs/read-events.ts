import {
  encodeEventTopics,
  numberToHex,
  parseEventLogs,
  type Abi,
  type Address,
  type ContractEventArgs,
  type ContractEventName,
  type Hex,
  type ParseEventLogsReturnType,
  type RpcLog,
} from 'viem';
import { clientError } from '../errors.ts';
import type { Header } from './header.ts';
import type { ChainLog, LogTopic } from './log-filter.ts';
import { readLogs, type ReadLogsOptions } from './read-logs.ts';
import type { Rpc } from './rpc.ts';

/** One event of one contract, by its indexed arguments, in a range of blocks with both ends. */
export interface EventQuery<abi extends Abi, name extends ContractEventName<abi>> {
  address: Address;
  abi: abi;
  eventName: name;
  args?: ContractEventArgs<abi, name>;
  fromBlock: bigint;
  toBlock: bigint;
}

export interface ProvenEvents<abi extends Abi, name extends ContractEventName<abi>> {
  events: ParseEventLogsReturnType<abi, name, true>;
  head: Header;
  everyBlock: boolean;
  headers: ReadonlyMap<bigint, Header>;
}

/** All events of a query in their order, decoded; refuses like `readLogs`, and logs of the event that do not decode. */
export async function readEvents<const abi extends Abi, name extends ContractEventName<abi>>(
  rpc: Rpc,
  query: EventQuery<abi, name>,
  options: ReadLogsOptions = {},
): Promise<ProvenEvents<abi, name>> {
  const { address, abi, eventName, args, fromBlock, toBlock } = query;
  const topics = encodeEventTopics({ abi, eventName, args } as never) as LogTopic[];
  const { logs, ...read } = await readLogs(rpc, { address: [address], topics, fromBlock, toBlock }, options);
  return { ...read, events: decodeEvents(logs, { abi, eventName }) };
}

/** Decodes logs of one event. */
export function decodeEvents<const abi extends Abi, name extends ContractEventName<abi>>(
  logs: readonly ChainLog[],
  { abi, eventName }: { abi: abi; eventName: name },
): ParseEventLogsReturnType<abi, name, true> {
  const decoded = parseEventLogs({
    abi: abi as Abi,
    eventName: eventName as string,
    logs: logs.map(asRpc),
    strict: true,
  });
  if (decoded.length !== logs.length) {
    throw clientError('LOGS_INVALID', `The endpoint gave logs of ${String(eventName)} that do not decode.`, {
      expected: `${logs.length} of them`,
      got: String(decoded.length),
    });
  }
  return decoded.map((log, at) => ({ ...log, ...logs[at]!, removed: false })) as never;
}

function asRpc({
  address,
  topics,
  data,
  blockNumber,
  blockHash,
  transactionHash,
  transactionIndex,
  logIndex,
}: ChainLog): RpcLog {
  return {
    address,
    topics: topics as [Hex, ...Hex[]],
    data,
    blockHash,
    transactionHash,
    blockNumber: numberToHex(blockNumber),
    transactionIndex: numberToHex(transactionIndex),
    logIndex: numberToHex(logIndex),
    removed: false,
  };
}
