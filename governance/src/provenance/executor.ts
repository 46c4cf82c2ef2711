import { clientError, type CoveyChain } from '@covey/client';
import { getAddress, keccak256, recoverTransactionAddress, serializeTransaction } from 'viem';
import type { Address, Hex, TransactionSerializable, TransactionSerialized } from 'viem';

/** Kinds whose hash and signature follow from what an endpoint tells of them. */
const signed = ['legacy', 'eip2930', 'eip1559', 'eip7702'];

/**
 * Who signed a transaction, recovered from it: what the endpoint says of it must lead to its hash, else LOGS_INVALID. null
 * for kinds of other chains (deposits of rollups), which no key signed.
 */
export async function readSigner({ publicClient }: CoveyChain<never>, hash: Hex): Promise<Address | null> {
  const found = await publicClient.getTransaction({ hash });
  const { type, r, s, v, yParity, input } = found;
  if (!signed.includes(type) || r === undefined || s === undefined) return null;
  const signature = yParity === undefined ? { r, s, v: v! } : { r, s, yParity };
  const transaction = { ...found, data: input } as unknown as TransactionSerializable;
  const serialized = serializeTransaction(transaction, signature);
  const got = keccak256(serialized);
  if (got !== hash) {
    throw clientError('LOGS_INVALID', 'What the endpoint says of a transaction does not lead to its hash.', {
      expected: hash,
      got,
    });
  }
  return getAddress(
    await recoverTransactionAddress({ serializedTransaction: serialized as TransactionSerialized, signature }),
  );
}
