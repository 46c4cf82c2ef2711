import { numberToHex, type Hex } from 'viem';
import { clientError } from '../errors.ts';
import { chanceOf, mayHold } from './bloom.ts';
import { BranchChanged } from './branch-changed.ts';
import { readBlockLogs } from './block-logs.ts';
import { checkLogs, inOrder } from './check-logs.ts';
import { readHeader, readHeaders, type Header } from './header.ts';
import type { ChainLog, LogFilter } from './log-filter.ts';
import { askInRanges, RangeLimit, type RangeOptions } from './ranges.ts';
import { inTurns, type Rpc } from './rpc.ts';
import { sleep } from './sleep.ts';

export interface ReadLogsOptions extends RangeOptions {
  /**
   * Ranges of up to so many blocks are checked against every block's Bloom filter, at one header a block; default 256.
   * In longer ones only blocks that gave logs are, so that what is missing shows by counts on chain alone. So it is with
   * blocks so full that their filter announces anything.
   */
  bloomBlocks?: number | undefined;
  /** How often to begin anew when the chain changes meanwhile. Default 5. */
  attempts?: number | undefined;
}

export interface ProvenLogs {
  /** Each once, in the order of the chain. */
  logs: ChainLog[];
  /** The last block of the range, of which all logs are ancestors or part. */
  head: Header;
  /** Whether every block's Bloom filter was looked at. */
  everyBlock: boolean;
  /** Of the blocks that gave logs, of the last one, and of every block where each was looked at. */
  headers: ReadonlyMap<bigint, Header>;
}

/** Where a Bloom filter announces a filter's logs by chance more often than this, it says nothing. */
const maxChance = 0.05;
const defaultBloomBlocks = 256;
const defaultAttempts = 5;
const pauseMs = 200;

const limits = new WeakMap<Rpc, RangeLimit>();

/** How long a range this endpoint answers for, as shown so far. */
function limitOf(rpc: Rpc): RangeLimit {
  const known = limits.get(rpc);
  if (known) return known;
  const limit = new RangeLimit(1n << 40n);
  limits.set(rpc, limit);
  return limit;
}

const headersOf = new WeakMap<Rpc, Map<bigint, Header>>();
const maxKeptHeaders = 4_096;

/** Headers read before: whether they are still of the chain shows by hashes, of those after them and of logs. */
function keptHeaders(rpc: Rpc): Map<bigint, Header> {
  const kept = headersOf.get(rpc) ?? new Map<bigint, Header>();
  headersOf.set(rpc, kept);
  if (kept.size > maxKeptHeaders) kept.clear();
  return kept;
}

/**
 * All logs of a filter, or an error: LOGS_INVALID for an answer that cannot be, LOGS_INCOMPLETE for one that lacks what
 * a block's header announces, CHAIN_REORGANISED when the chain does not hold still. Endpoints that limit ranges are asked
 * in parts.
 */
export async function readLogs(rpc: Rpc, filter: LogFilter, options: ReadLogsOptions = {}): Promise<ProvenLogs> {
  const { attempts = defaultAttempts, signal } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await readOnce(rpc, filter, options);
    } catch (error) {
      if (!(error instanceof BranchChanged)) throw error;
      keptHeaders(rpc).clear();
      if (attempt >= attempts) {
        throw clientError('CHAIN_REORGANISED', 'The chain kept changing while its logs were read.', {
          expected: `blocks ${filter.fromBlock} to ${filter.toBlock} of one branch`,
          got: error.message,
          cause: error,
        });
      }
      await sleep(pauseMs * attempt, signal);
    }
  }
}

async function readOnce(rpc: Rpc, filter: LogFilter, options: ReadLogsOptions): Promise<ProvenLogs> {
  const { signal, onProgress, bloomBlocks = defaultBloomBlocks } = options;
  const { fromBlock, toBlock } = filter;
  const asked = signal ? { signal } : {};
  const gone = (number: bigint) => new BranchChanged(`the endpoint has no block ${number}`);
  const head = await readHeader(rpc, toBlock, asked);
  if (!head) throw gone(toBlock);
  if (fromBlock > toBlock) return { logs: [], head, everyBlock: true, headers: new Map([[toBlock, head]]) };

  const parts = await askInRanges(
    fromBlock,
    toBlock,
    limitOf(rpc),
    async (from, to) => {
      const part = { ...filter, fromBlock: from, toBlock: to };
      return checkLogs(
        await askLogs(rpc, part, { fromBlock: numberToHex(from), toBlock: numberToHex(to) }, asked),
        part,
      );
    },
    { signal, onProgress },
  );
  let logs = parts.flat();

  const everyBlock = Number(toBlock - fromBlock) < bloomBlocks;
  const numbers = everyBlock
    ? Array.from({ length: Number(toBlock - fromBlock) }, (_, at) => fromBlock + BigInt(at))
    : [...new Set(logs.map(({ blockNumber }) => blockNumber))].filter((number) => number !== toBlock);
  const kept = keptHeaders(rpc);
  const unknown = numbers.filter((number) => !kept.has(number));
  for (const [number, header] of await readHeaders(rpc, unknown, gone, asked)) kept.set(number, header);
  const headers = new Map(numbers.map((number) => [number, kept.get(number)!]));
  headers.set(toBlock, head);
  for (const header of headers.values()) {
    const before = headers.get(header.number - 1n);
    if (before && before.hash !== header.parentHash) throw new BranchChanged(`block ${before.number} was replaced`);
  }
  checkAgainstHeaders(logs, headers);
  if (everyBlock) {
    const told = new Set(logs.map(({ blockNumber }) => blockNumber));
    // A Bloom filter can announce what is not there: the receipts of such blocks tell.
    const silent = [...headers.values()].filter(
      ({ number, logsBloom }) => !told.has(number) && chanceOf(logsBloom, filter) < maxChance,
    );
    const found = await inTurns(silent, (header) => readBlockLogs(rpc, header, filter, asked));
    logs = [...logs, ...found.flat()].sort(inOrder);
  }
  // The last block's hash commits to all before it: unchanged, all of it is one branch.
  const still = await readHeader(rpc, toBlock, asked);
  if (still?.hash !== head.hash) throw new BranchChanged(`block ${toBlock} was replaced`);
  return { logs, head, everyBlock, headers };
}

/** Logs of a block that its Bloom filter excludes, or of another branch, are not of this chain. */
export function checkAgainstHeaders(logs: readonly ChainLog[], headers: ReadonlyMap<bigint, Header>): void {
  for (const log of logs) {
    const header = headers.get(log.blockNumber);
    if (header?.hash !== log.blockHash) throw new BranchChanged(`block ${log.blockNumber} was replaced`);
    if (!mayHold(header.logsBloom, log)) {
      throw clientError('LOGS_INVALID', 'The endpoint gave a log that its block does not have.', {
        expected: `what block ${header.number} announces in its logsBloom`,
        got: `log ${log.logIndex} of ${log.address}`,
      });
    }
  }
}

async function askLogs(
  rpc: Rpc,
  { address, topics }: LogFilter,
  where: { fromBlock: Hex; toBlock: Hex },
  options: { signal?: AbortSignal } = {},
): Promise<unknown> {
  const [only, ...others] = address;
  const query = { address: others.length === 0 ? only : address, topics, ...where };
  // Refusals are dealt with by asking for less: repeating them would only cost time.
  return await rpc.request({ method: 'eth_getLogs', params: [query] }, { ...options, retryCount: 0 });
}
