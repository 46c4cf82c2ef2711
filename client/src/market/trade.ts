import { keyEscrowAbi } from '@covey/contracts/abi';
import { contentKeyHash, scalarOf, unwrapKey, wrapKey, type OrderPlace, type WrappedKey } from '@covey/protocol/sealed';
import type { Hex } from 'viem';
import type { CoveyChain, CoveyWriter } from '../chain/chain.ts';
import { isRevert } from '../chain/contract-error.ts';
import { eventIn, eventsIn } from '../chain/event-in.ts';
import type { Sent } from '../chain/sender.ts';
import { clientError } from '../errors.ts';
import { ignoreActions, type OnAction } from '../events.ts';
import { ensurePayment } from '../stake/allowance.ts';
import { MOST_TAKEN, type BuyerKeys } from './buyer-keys.ts';
import { escrowContract, readListing, type ListingOnChain } from './listing.ts';
import { readDelivery, readPublicKey, type OrderOnChain } from './orders.ts';

/** Which order a key is wrapped for. */
export const placeOfOrder = ({ deployment }: CoveyChain, orderId: bigint): OrderPlace => ({
  chainId: deployment.chainId,
  escrow: deployment.keyEscrow,
  orderId,
});

/**
 * Orders a sealed model: its price goes into escrow. Check first what is served (`checkServed`). Where another order of the
 * account was made at once and named the same key, the escrow refuses this one, and it is made with the next key.
 */
export async function orderModel(
  covey: CoveyWriter,
  listing: ListingOnChain,
  keys: BuyerKeys,
  onEvent: OnAction = ignoreActions,
): Promise<Sent & { orderId: bigint; deliverBy: number }> {
  const { listingId, token, price } = listing;
  await ensurePayment(covey, { token, spender: covey.deployment.keyEscrow, amount: price }, onEvent);
  for (let taken = 0; ; taken++) {
    const { publicKey } = await keys.next(listingId, taken);
    const args = [listingId, price, publicKey] as const;
    try {
      const sent = await covey.sender.send({ ...escrowContract(covey), functionName: 'order', args });
      const { orderId, deliverBy } = eventIn(sent.receipt, covey.deployment.keyEscrow, keyEscrowAbi, 'Ordered').args;
      return { ...sent, orderId, deliverBy };
    } catch (error) {
      if (taken === MOST_TAKEN || !isRevert(error, 'PublicKeyRepeated')) throw error;
    }
  }
}

export interface Delivered {
  orderId: bigint;
  disputeEnd: number;
}

/**
 * Delivers keys. Each is held to the hash that its listing committed to before anything is sent: a wrong one would cost the
 * bond. Each also names its listing and the hash of the buyer's key, so that it reaches no other order of the same number.
 * Several go in one transaction, which leaves out what cannot be delivered any more.
 */
export async function deliverKeys(
  covey: CoveyWriter,
  deliveries: readonly { order: OrderOnChain; key: Uint8Array }[],
): Promise<Sent & { delivered: Delivered[] }> {
  const wrapped: { orderId: bigint; listingId: bigint; publicKeyHash: Hex; point: Hex; wrapped: Hex }[] = [];
  for (const { order, key } of deliveries) {
    const { R, wrapped: masked } = await wrapFor(covey, order, key);
    const { orderId, listingId, publicKeyHash } = order;
    wrapped.push({ orderId, listingId, publicKeyHash, point: R, wrapped: masked });
  }
  const [only] = wrapped;
  const sent =
    only && wrapped.length === 1
      ? await covey.sender.send({
          ...escrowContract(covey),
          functionName: 'deliver',
          args: [only.orderId, only.listingId, only.publicKeyHash, only.point, only.wrapped],
        })
      : await covey.sender.send({ ...escrowContract(covey), functionName: 'deliverMany', args: [wrapped] });
  const events = eventsIn(sent.receipt, covey.deployment.keyEscrow, keyEscrowAbi, 'KeyDelivered');
  return { ...sent, delivered: events.map(({ args: { orderId, disputeEnd } }) => ({ orderId, disputeEnd })) };
}

async function wrapFor(covey: CoveyChain, order: OrderOnChain, key: Uint8Array): Promise<WrappedKey> {
  const { sealed } = await readListing(covey, order.listingId);
  const keyHash = contentKeyHash(key);
  if (sealed?.keyHash !== keyHash) {
    throw clientError('ORDER_KEY_WRONG', `This is not the key of listing ${order.listingId}.`, {
      expected: `a key whose hash is ${sealed?.keyHash ?? 'none'}`,
      got: keyHash,
    });
  }
  const publicKey = await readPublicKey(covey, order);
  const random = crypto.getRandomValues(new Uint8Array(48));
  return wrapKey(placeOfOrder(covey, order.orderId), publicKey, key, scalarOf(random));
}

/** The content key that was delivered to this account. ORDER_KEY_WRONG where it is another: that can be disputed. */
export async function receiveKey(
  covey: CoveyChain,
  order: OrderOnChain,
  keys: Pick<BuyerKeys, 'of'>,
): Promise<Uint8Array> {
  const { orderId, listingId } = order;
  const [{ secret }, delivery, { sealed }] = await Promise.all([
    keys.of(order),
    readDelivery(covey, order),
    readListing(covey, listingId),
  ]);
  const key = unwrapKey(placeOfOrder(covey, orderId), secret, delivery);
  if (sealed && contentKeyHash(key) === sealed.keyHash) return key;
  throw clientError('ORDER_KEY_WRONG', `The seller delivered a wrong key for order ${orderId}.`, {
    expected: `a key whose hash is ${sealed?.keyHash ?? 'none'}`,
    got: contentKeyHash(key),
    hint: `Dispute it: \`covey market dispute --order ${orderId}\`.`,
  });
}

/** Gives the buyer the price back where no key was delivered in time or the listing is fraudulent. */
export async function refundOrder(covey: CoveyWriter, orderId: bigint): Promise<Sent & { amount: bigint }> {
  const sent = await covey.sender.send({ ...escrowContract(covey), functionName: 'refund', args: [orderId] });
  const { amount } = eventIn(sent.receipt, covey.deployment.keyEscrow, keyEscrowAbi, 'OrderRefunded').args;
  return { ...sent, amount };
}

/** Pays sellers after the dispute windows. Several go in one transaction, which leaves out what cannot be settled. */
export async function settleOrders(
  covey: CoveyWriter,
  orderIds: readonly bigint[],
): Promise<Sent & { settled: { orderId: bigint; listingId: bigint; toSeller: bigint }[] }> {
  const [only] = orderIds;
  const sent =
    only !== undefined && orderIds.length === 1
      ? await covey.sender.send({ ...escrowContract(covey), functionName: 'settle', args: [only] })
      : await covey.sender.send({ ...escrowContract(covey), functionName: 'settleMany', args: [orderIds] });
  const events = eventsIn(sent.receipt, covey.deployment.keyEscrow, keyEscrowAbi, 'OrderSettled');
  return {
    ...sent,
    settled: events.map(({ args: { orderId, listingId, toSeller } }) => ({ orderId, listingId, toSeller })),
  };
}
