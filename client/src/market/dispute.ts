import { keyEscrowAbi, type FaultName } from '@covey/contracts/abi';
import {
  contentEvidence,
  contentKeyHash,
  differingPiece,
  keyEvidence,
  open,
  unwrapKey,
  type ContentEvidence,
  type SealedManifest,
  type SealingEngine,
} from '@covey/protocol/sealed';
import type { ContractFunctionArgs } from 'viem';
import type { CoveyChain, CoveyWriter } from '../chain/chain.ts';
import { eventIn, eventsIn } from '../chain/event-in.ts';
import type { Sent } from '../chain/sender.ts';
import { clientError } from '../errors.ts';
import type { BuyerKeys } from './buyer-keys.ts';
import { escrowContract, type SealedOnChain } from './listing.ts';
import { readDelivery, type OrderOnChain } from './orders.ts';
import type { ServedSealed } from './served.ts';
import { placeOfOrder } from './trade.ts';

type KeyProof = ContractFunctionArgs<typeof keyEscrowAbi, 'nonpayable', 'disputeKey'>[1];

/** What a buyer can prove against what it was sold. */
export type Proof =
  | { fault: Extract<FaultName, 'wrongKey'>; proof: KeyProof }
  | { fault: Extract<FaultName, 'wrongContent'>; proof: ContentEvidence };

export interface FindFaultParameters {
  order: OrderOnChain;
  /** Of the order's listing. */
  sealed: SealedOnChain;
  keys: Pick<BuyerKeys, 'of'>;
  /** What is served of the file, or what the buyer kept of it. */
  served: () => Promise<{ manifest: Pick<SealedManifest, 'bytes'>; files: ServedSealed }>;
  engine?: SealingEngine;
}

/** Looks whether the delivered key is wrong, else whether it opens the file to something else than was promised; null for neither. */
export async function findFault(
  covey: CoveyChain,
  { order, sealed, keys, served, engine }: FindFaultParameters,
): Promise<Proof | null> {
  const place = placeOfOrder(covey, order.orderId);
  const [{ secret, publicKey }, delivery] = await Promise.all([keys.of(order), readDelivery(covey, order)]);
  const key = unwrapKey(place, secret, delivery);
  if (contentKeyHash(key) !== sealed.keyHash) {
    const { S: shared, c: challenge, z: response } = keyEvidence(place, secret, delivery, sealed.keyHash);
    const { R: point, wrapped } = delivery;
    return { fault: 'wrongKey', proof: { publicKey, point, wrapped, shared, challenge, response } };
  }
  const { files } = await served();
  const { ciphertext, leaves } = files();
  try {
    const opened = open(ciphertext, leaves, { key, bytes: sealed.bytes, ...(engine && { engine }) });
    for await (const chunk of opened) void chunk;
    return null;
  } catch (error) {
    const piece = differingPiece(error);
    if (piece === undefined) throw error;
    return { fault: 'wrongContent', proof: await contentEvidence(sealed, key, piece, files(), engine) };
  }
}

/** Brings the proof: the price comes back, and the seller loses its bond. */
export async function dispute(
  covey: CoveyWriter,
  orderId: bigint,
  proven: Proof,
): Promise<Sent & { refunded: bigint; reward: bigint }> {
  const sent =
    proven.fault === 'wrongKey'
      ? await covey.sender.send({
          ...escrowContract(covey),
          functionName: 'disputeKey',
          args: [orderId, proven.proof],
        })
      : await covey.sender.send({
          ...escrowContract(covey),
          functionName: 'disputeContent',
          args: [orderId, contentProof(proven.proof)],
        });
  const { amount } = eventIn(sent.receipt, covey.deployment.keyEscrow, keyEscrowAbi, 'OrderRefunded').args;
  // The bond goes to the first who proves something of the listing.
  const [fraud] = eventsIn(sent.receipt, covey.deployment.keyEscrow, keyEscrowAbi, 'FraudProven');
  return { ...sent, refunded: amount, reward: fraud?.args.toReporter ?? 0n };
}

const contentProof = ({ key, index, cipherPiece, plainLeaf, cipherPath, plainPath }: ContentEvidence) => ({
  ...{ key, cipherPiece, plainLeaf, cipherPath, plainPath },
  index: BigInt(index),
});

/** For callers that have no fault to bring. */
export const nothingToDispute = (orderId: bigint) =>
  clientError('NOTHING_TO_DISPUTE', `What was delivered for order ${orderId} is what was sold.`, {
    hint: 'The key is the one that was committed to, and every piece opens to its leaf.',
  });
