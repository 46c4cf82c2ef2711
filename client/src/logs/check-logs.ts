import { isAddress, isHex, type Hex } from 'viem';
import { clientError } from '../errors.ts';
import { matches, type ChainLog, type LogFilter } from './log-filter.ts';
import { BranchChanged } from './branch-changed.ts';

/**
 * Makes of an endpoint's answer the logs that it can mean: each once, in the order of the chain, without those that a
 * reorganisation took back. LOGS_INVALID when it holds what was not asked for, or two logs in one place.
 */
export function checkLogs(answer: unknown, filter: LogFilter): ChainLog[] {
  if (!Array.isArray(answer)) throw invalid('a list of logs', answer);
  const found = new Map<string, ChainLog>();
  const branches = new Map<bigint, Hex>();
  for (const entry of answer as unknown[]) {
    if (typeof entry === 'object' && entry !== null && 'removed' in entry && entry.removed === true) continue;
    const log = parseLog(entry);
    if (!matches(filter, log)) {
      throw clientError('LOGS_INVALID', 'The endpoint gave a log that was not asked for.', {
        expected: `logs of ${filter.address.join(', ')} in blocks ${filter.fromBlock} to ${filter.toBlock}`,
        got: `log ${log.logIndex} of ${log.address} in block ${log.blockNumber}`,
      });
    }
    const branch = branches.get(log.blockNumber);
    if (branch !== undefined && branch !== log.blockHash) {
      throw new BranchChanged(`block ${log.blockNumber} came as ${branch} and as ${log.blockHash}`);
    }
    branches.set(log.blockNumber, log.blockHash);
    const place = `${log.blockHash} ${log.logIndex}`;
    const twin = found.get(place);
    if (twin && textOf(twin) !== textOf(log)) {
      throw clientError('LOGS_INVALID', 'The endpoint gave two logs in one place.', {
        expected: textOf(twin),
        got: textOf(log),
      });
    }
    found.set(place, log);
  }
  return [...found.values()].sort(inOrder);
}

/** The order in which a chain's logs were emitted. */
export function inOrder(
  a: Pick<ChainLog, 'blockNumber' | 'logIndex'>,
  b: Pick<ChainLog, 'blockNumber' | 'logIndex'>,
): number {
  return a.blockNumber === b.blockNumber ? a.logIndex - b.logIndex : a.blockNumber < b.blockNumber ? -1 : 1;
}

const textOf = (log: ChainLog): string =>
  [log.address, log.topics.join(' '), log.data, log.blockNumber, log.transactionHash, log.transactionIndex].join(' ');

const isHash = (value: unknown): value is Hex => isHex(value) && value.length === 66;
const isQuantity = (value: unknown): value is Hex => isHex(value) && /^0x[0-9a-f]{1,16}$/i.test(value);

function parseLog(entry: unknown): ChainLog {
  const log = (entry ?? {}) as Record<string, unknown>;
  const { address, topics, data, blockNumber, blockHash, transactionHash, transactionIndex, logIndex } = log;
  if (
    typeof address !== 'string' ||
    !isAddress(address, { strict: false }) ||
    !Array.isArray(topics) ||
    topics.length > 4 ||
    !topics.every(isHash) ||
    !isHex(data) ||
    data.length % 2 !== 0 ||
    !isHash(blockHash) ||
    !isHash(transactionHash) ||
    !isQuantity(blockNumber) ||
    !isQuantity(transactionIndex) ||
    !isQuantity(logIndex)
  ) {
    throw invalid('a log of a block', entry);
  }
  return {
    address,
    topics: topics as unknown as ChainLog['topics'],
    data,
    blockNumber: BigInt(blockNumber),
    blockHash,
    transactionHash,
    transactionIndex: Number(transactionIndex),
    logIndex: Number(logIndex),
  };
}

function invalid(expected: string, got: unknown) {
  return clientError('LOGS_INVALID', 'The endpoint’s answer about logs has not the form of one.', {
    expected,
    got: (JSON.stringify(got) ?? 'nothing').slice(0, 200),
  });
}
