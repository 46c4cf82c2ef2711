import type { Address, Hex } from 'viem';
import { getBlock, getBlockNumber, getTransactionCount } from 'viem/actions';
import type { ReadClient } from './clients.ts';

/** A transaction of an account that a node would put into its next block. */
export interface PendingTransaction {
  hash: Hex;
  to: Address | null;
  data: Hex;
  value: bigint;
  gas: bigint;
  max: bigint;
  tip: bigint | null;
}

/** How many transactions of an account are mined at the newest block, and how many there are with those on their way. */
export async function countsOf(client: ReadClient, address: Address): Promise<Counts> {
  const block = await getBlockNumber(client, { cacheTime: 0 });
  const [mined, all] = await Promise.all([
    getTransactionCount(client, { address, blockNumber: block }),
    getTransactionCount(client, { address, blockTag: 'pending' }),
  ]);
  return { block, mined, all };
}

export interface Counts {
  block: bigint;
  mined: number;
  all: number;
}

/** The transaction of an account with this nonce in the block being built; null where it is not in it. */
export async function inNextBlock(
  client: ReadClient,
  address: Address,
  nonce: number,
): Promise<PendingTransaction | null> {
  const { transactions } = await getBlock(client, { blockTag: 'pending', includeTransactions: true });
  const found = transactions.find((one) => one.from.toLowerCase() === address.toLowerCase() && one.nonce === nonce);
  if (!found) return null;
  const { hash, to, input: data, value, gas, maxFeePerGas, maxPriorityFeePerGas, gasPrice } = found;
  const tip = maxFeePerGas === undefined ? null : (maxPriorityFeePerGas ?? null);
  return { hash, to, data, value, gas, max: maxFeePerGas ?? gasPrice ?? 0n, tip };
}

/**
 * Which mined transaction has an account's nonce: found by the accounts' counts, block for block, so that a receipt which
 * an endpoint does not know yet is no reason to send twice. `after` is a block before it was mined, `by` one from then on.
 */
export async function minedWith(
  client: ReadClient,
  { address, nonce, after, by }: { address: Address; nonce: number; after: bigint; by: bigint },
): Promise<Hex | null> {
  let [low, high] = [after, by];
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    const count = await getTransactionCount(client, { address, blockNumber: middle });
    if (count > nonce) high = middle;
    else low = middle;
  }
  const { transactions } = await getBlock(client, { blockNumber: high, includeTransactions: true });
  const own = transactions.filter(({ from }) => from.toLowerCase() === address.toLowerCase());
  return own.find((one) => one.nonce === nonce)?.hash ?? null;
}
