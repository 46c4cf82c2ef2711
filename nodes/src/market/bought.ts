import {
  BuyerKeys,
  chainTime,
  clientError,
  isClientError,
  readListing,
  readOrder,
  readOrders,
  receiveKey,
  type CoveyWriter,
  type ListingOnChain,
  type OrderOnChain,
} from '@covey/client';
import { isProtocolError, protocolError } from '@covey/protocol';
import { differingPiece } from '@covey/protocol/sealed';
import { isAddressEqual } from 'viem';
import { nodeError } from '../errors.ts';
import { utcText } from '../quantities.ts';

/** What an account bought of a sealed listing: the order whose key was delivered. */
export interface Bought {
  listing: ListingOnChain;
  order: OrderOnChain;
}

/** An order of the account's own, whose key is there. */
export async function boughtByOrder(covey: CoveyWriter, orderId: bigint): Promise<Bought> {
  const order = await readOrder(covey, orderId);
  const { address } = covey.sender;
  if (!isAddressEqual(order.buyer, address)) {
    throw nodeError('CONFIG_INVALID', `Order ${orderId} is another account’s: its key is wrapped for that one alone.`, {
      expected: order.buyer,
      got: address,
    });
  }
  if (order.deliveryHash === null || order.state === 'refunded') throw notDelivered(order);
  return { order, listing: await readListing(covey, order.listingId) };
}

/** The newest order that the account has the key of. */
export async function boughtOfListing(covey: CoveyWriter, listing: ListingOnChain): Promise<Bought> {
  const { listingId } = listing;
  const own = await readOrders(covey, { buyer: covey.sender.address });
  const ofIt = own.filter((order) => order.listingId === listingId).toReversed();
  const order = ofIt.find(({ deliveryHash, state }) => deliveryHash !== null && state !== 'refunded');
  if (order) return { order, listing };
  const open = ofIt.find(({ state }) => state === 'open');
  if (open) throw notDelivered(open);
  throw clientError('ORDER_UNKNOWN', `This account has bought nothing of listing ${listingId}.`, {
    got: covey.sender.address,
    hint: `Buy it: \`covey market buy --listing ${listingId}\`.`,
  });
}

export const notDelivered = (order: OrderOnChain) => {
  const { orderId, deliverBy, state } = order;
  if (state === 'refunded') {
    return clientError('ORDER_STATE', `The price of order ${orderId} went back: it has no key.`, { got: state });
  }
  return clientError('ORDER_STATE', `No key was delivered for order ${orderId} so far.`, {
    expected: `before ${utcText(deliverBy)}`,
    hint: `Later: \`covey pull --order ${orderId}\`; or the price back: \`covey market refund --order ${orderId}\`.`,
  });
};

/** The key that was delivered, or what its buyer can do about a wrong one, and until when. */
export async function keyOf(covey: CoveyWriter, { order, listing }: Bought): Promise<Uint8Array> {
  try {
    return await receiveKey(covey, order, new BuyerKeys(covey));
  } catch (cause) {
    if (!isClientError(cause, 'ORDER_KEY_WRONG')) throw cause;
    const { expected, got } = cause;
    throw clientError('ORDER_KEY_WRONG', `The seller delivered a wrong key for order ${order.orderId}.`, {
      ...{ expected, got, cause },
      hint: whatToDo({ order, listing }, await chainTime(covey)),
    });
  }
}

/** What opened to something else than was sold can be proven with the very files that were fetched. */
export async function withRemedy<Result>(
  covey: CoveyWriter,
  bought: Bought,
  files: { sealed: string; leaves: string },
  open: () => Promise<Result>,
): Promise<Result> {
  try {
    return await open();
  } catch (cause) {
    if (!isProtocolError(cause) || differingPiece(cause) === undefined) throw cause;
    const evidence = ` --sealed ${files.sealed} --leaves ${files.leaves}`;
    throw protocolError(cause.code, `Order ${bought.order.orderId} opens to something else than was sold.`, {
      ...{ expected: cause.expected, got: cause.got, cause },
      hint: whatToDo(bought, await chainTime(covey), evidence),
    });
  }
}

function whatToDo({ order, listing }: Bought, now: bigint, evidence = ''): string {
  const { orderId, state, disputeEnd } = order;
  if (state === 'delivered' && listing.state === 'fraudulent') {
    return `Somebody has proven it already: \`covey market refund --order ${orderId}\` gives the price back.`;
  }
  if (state === 'delivered' && disputeEnd !== null && now < BigInt(disputeEnd)) {
    return `Prove it before ${utcText(disputeEnd)}, and the price comes back: \`covey market dispute --order ${orderId}${evidence}\`.`;
  }
  return 'The time for disputes is over: nothing gives the price back any more.';
}
