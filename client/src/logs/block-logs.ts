import { numberToHex, type Hex } from 'viem';
import { clientError } from '../errors.ts';
import { mayMatch } from './bloom.ts';
import { checkLogs } from './check-logs.ts';
import type { Header } from './header.ts';
import { matches, type ChainLog, type LogFilter } from './log-filter.ts';
import { isReceipt, receiptsRoot } from './receipts-root.ts';
import { isUnserved } from './refusal.ts';
import { inTurns, type Rpc } from './rpc.ts';

/**
 * The logs of one block that a filter matches. None where its Bloom filter excludes them; else those of its receipts,
 * which must lead to the root in its header: under the block's hash both are proven. LOGS_INCOMPLETE where the endpoint
 * does not give the receipts, or gives others.
 */
export async function readBlockLogs(
  rpc: Rpc,
  header: Header,
  filter: Pick<LogFilter, 'address' | 'topics'>,
  options: { signal?: AbortSignal } = {},
): Promise<ChainLog[]> {
  if (!mayMatch(header.logsBloom, filter)) return [];
  const receipts = await readReceipts(rpc, header, options);
  if (!receipts.every(isReceipt)) throw unproven(header, 'an answer of another form');
  const root = receiptsRoot(receipts);
  if (root !== header.receiptsRoot) throw unproven(header, `receipts that lead to ${root}`);
  // The root proves what was logged and in which order; where that stands follows from the header.
  const place = { blockHash: header.hash, blockNumber: numberToHex(header.number), removed: false };
  const logs = receipts.flatMap((receipt) => receipt.logs);
  const placed = logs.map((log, at) => ({ ...log, ...place, logIndex: numberToHex(at) }));
  const block = { fromBlock: header.number, toBlock: header.number };
  const all = { ...block, address: logs.map(({ address }) => address), topics: [] };
  return checkLogs(placed, all).filter((log) => matches({ ...filter, ...block }, log));
}

/** All receipts of a block in their order, in one question where the endpoint serves that. */
async function readReceipts(rpc: Rpc, header: Header, options: { signal?: AbortSignal }): Promise<unknown[]> {
  try {
    const answer = await rpc.request({ method: 'eth_getBlockReceipts', params: [header.hash] }, options);
    if (Array.isArray(answer)) return answer as unknown[];
    throw unproven(header, answer === null ? 'none: it does not know the block' : 'an answer of another form');
  } catch (error) {
    if (!isUnserved(error)) throw error;
  }
  return await inTurns(header.transactions, (hash: Hex) =>
    rpc.request({ method: 'eth_getTransactionReceipt', params: [hash] }, options),
  );
}

function unproven(header: Header, got: string) {
  return clientError('LOGS_INCOMPLETE', `The endpoint does not prove what block ${header.number} logged.`, {
    expected: `its receipts, which lead to ${header.receiptsRoot}`,
    got,
  });
}
