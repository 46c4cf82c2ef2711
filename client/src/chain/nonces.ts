import { keccak256, recoverAddress, serializeTransaction } from 'viem';
import type { Address, Hex, Transaction, TransactionSerializable } from 'viem';
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

/**
 * The transaction of an account with this nonce in the block being built; null where it is not in it. Only what the account
 * itself has signed for this chain counts: it is signed again with a higher price, and at an endpoint's word the account would
 * sign anything. Those with access lists, blobs or delegations are none of ours.
 */
export async function inNextBlock(
  client: ReadClient,
  { address, nonce, chainId }: { address: Address; nonce: number; chainId: number },
): Promise<PendingTransaction | null> {
  const { transactions } = await getBlock(client, { blockTag: 'pending', includeTransactions: true });
  const found = transactions.find((one) => one.from.toLowerCase() === address.toLowerCase() && one.nonce === nonce);
  if (!found || (await signerOf(found, chainId))?.toLowerCase() !== address.toLowerCase()) return null;
  const { hash, to, input: data, value, gas, maxFeePerGas, maxPriorityFeePerGas, gasPrice } = found;
  const tip = maxFeePerGas === undefined ? null : (maxPriorityFeePerGas ?? null);
  return { hash, to, data, value, gas, max: maxFeePerGas ?? gasPrice ?? 0n, tip };
}

/** Who signed a transaction's own fields, for this chain; null where nobody can have, or it is of a kind that is not sent here. */
async function signerOf(transaction: Transaction, chainId: number): Promise<Address | null> {
  const { type, nonce, to, input: data, value, gas, r, s, v, accessList } = transaction;
  const isLegacy = type === 'legacy';
  if ((!isLegacy && type !== 'eip1559') || (accessList?.length ?? 0) > 0) return null;
  const yParity = isLegacy ? Number(v) - 35 - 2 * chainId : Number(transaction.yParity ?? v);
  if (yParity !== 0 && yParity !== 1) return null;
  const price = isLegacy
    ? { type, gasPrice: transaction.gasPrice }
    : { type, maxFeePerGas: transaction.maxFeePerGas, maxPriorityFeePerGas: transaction.maxPriorityFeePerGas };
  const fields = { chainId, nonce, to: to ?? undefined, data, value, gas, ...price } as TransactionSerializable;
  try {
    return await recoverAddress({ hash: keccak256(serializeTransaction(fields)), signature: { r, s, yParity } });
  } catch {
    return null;
  }
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
