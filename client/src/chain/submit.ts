import { BaseError, keccak256, NonceTooLowError, TransactionNotFoundError } from 'viem';
import type { Address, Hex, LocalAccount } from 'viem';
import { getTransaction, prepareTransactionRequest, sendRawTransaction, sendTransaction } from 'viem/actions';
import { isUnreachable } from './contract-error.ts';
import type { ReadClient, WriteClient } from './clients.ts';
import { retrying } from './retrying.ts';

export interface Transaction {
  /** Undefined creates a contract. */
  to?: Address;
  data: Hex;
  value: bigint;
  gas: bigint;
}

/**
 * Hands a transaction over and gives its hash. A local account signs here, so the hash is known before anything is
 * sent, and an answer that gets lost can be asked for again without sending twice. What a wallet signs is sent once.
 */
export async function submit(client: ReadClient, wallet: WriteClient, transaction: Transaction): Promise<Hex> {
  const { account } = wallet;
  const request = { ...transaction, account, chain: wallet.chain ?? null };
  if (account.type !== 'local') return await sendTransaction(wallet, request);
  for (let attempt = 1; ; attempt++) {
    try {
      return await broadcast(client, await sign(wallet, account, transaction));
    } catch (error) {
      // Somebody sent with the account meanwhile, in another process.
      const nonce = error instanceof BaseError && error.walk((cause) => cause instanceof NonceTooLowError) !== null;
      if (!nonce || attempt === 3) throw error;
    }
  }
}

async function sign(wallet: WriteClient, account: LocalAccount, transaction: Transaction): Promise<Hex> {
  const { chain } = wallet;
  const prepared = await prepareTransactionRequest(wallet, { ...transaction, account, chain: chain ?? null });
  const serializer = chain?.serializers?.transaction;
  // What is prepared is serialisable: its type keeps open what the chain decides.
  return await account.signTransaction(prepared as never, serializer && { serializer });
}

/** Sends the same signed bytes as often as it takes to hear an answer: the chain takes them once. */
async function broadcast(client: ReadClient, serializedTransaction: Hex): Promise<Hex> {
  const hash = keccak256(serializedTransaction);
  let asked = 0;
  return await retrying(async () => {
    asked++;
    try {
      return await sendRawTransaction(client, { serializedTransaction });
    } catch (error) {
      // "already known" and "nonce too low" are good news when an answer to these very bytes got lost.
      if (asked > 1 && !isUnreachable(error) && (await isKnown(client, hash))) return hash;
      throw error;
    }
  });
}

async function isKnown(client: ReadClient, hash: Hex): Promise<boolean> {
  try {
    return (await getTransaction(client, { hash })).hash === hash;
  } catch (error) {
    if (error instanceof TransactionNotFoundError) return false;
    throw error;
  }
}
