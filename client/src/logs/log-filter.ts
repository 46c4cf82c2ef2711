import type { Address, Hex } from 'viem';

/** What a log must have in one of its topics: anything, one value, or one of several. */
export type LogTopic = Hex | readonly Hex[] | null;

/** Which logs are asked for; both ends of the range are included. */
export interface LogFilter {
  address: readonly Address[];
  topics: readonly LogTopic[];
  fromBlock: bigint;
  toBlock: bigint;
}

/** A log that stands in a block. */
export interface ChainLog {
  address: Address;
  topics: [Hex, ...Hex[]] | [];
  data: Hex;
  blockNumber: bigint;
  blockHash: Hex;
  transactionHash: Hex;
  transactionIndex: number;
  logIndex: number;
}

/** Whether a log is one that the filter asks for. */
export function matches({ address, topics, fromBlock, toBlock }: LogFilter, log: ChainLog): boolean {
  const emitter = log.address.toLowerCase();
  return (
    log.blockNumber >= fromBlock &&
    log.blockNumber <= toBlock &&
    address.some((one) => one.toLowerCase() === emitter) &&
    topics.every((wanted, at) => {
      if (wanted === null) return true;
      const topic = log.topics[at];
      if (topic === undefined) return false;
      return typeof wanted === 'string' ? same(wanted, topic) : wanted.some((one) => same(one, topic));
    })
  );
}

const same = (a: Hex, b: Hex): boolean => a.toLowerCase() === b.toLowerCase();
