import { keyEscrowAbi, orderStates, type OrderStateName } from '@covey/contracts/abi';
import { decodeEnum } from '@covey/protocol';
import type { WrappedKey } from '@covey/protocol/sealed';
import { encodeAbiParameters, keccak256, zeroHash, type Address, type Hex } from 'viem';
import type { CoveyChain } from '../chain/chain.ts';
import { chainError, isRevert } from '../chain/contract-error.ts';
import { clientError } from '../errors.ts';
import { inTurns } from '../logs/rpc.ts';
import { escrowContract } from './listing.ts';

export interface OrderOnChain {
  orderId: bigint;
  listingId: bigint;
  buyer: Address;
  state: Exclude<OrderStateName, 'none'>;
  /** What is held for it, in the smallest unit of the listing's token. */
  price: bigint;
  /** The treasury's part of the price, 1e18 = all. */
  fee: bigint;
  /** Unix seconds: the key is delivered before it. */
  deliverBy: number;
  /** Unix seconds: disputes are taken before it; null before the delivery. */
  disputeEnd: number | null;
  publicKeyHash: Hex;
  deliveryHash: Hex | null;
}

export async function readOrderCount(covey: CoveyChain): Promise<bigint> {
  try {
    return await covey.publicClient.readContract({ ...escrowContract(covey), functionName: 'orderCount' });
  } catch (cause) {
    throw chainError(cause, 'reading the number of orders');
  }
}

export async function readOrder(covey: CoveyChain, orderId: bigint): Promise<OrderOnChain> {
  try {
    const order = await covey.publicClient.readContract({
      ...escrowContract(covey),
      functionName: 'orderOf',
      args: [orderId],
    });
    const state = decodeEnum(orderStates, order.state);
    const { buyer, price, fee, deliverBy, disputeEnd, publicKeyHash, deliveryHash } = order;
    return {
      ...{ orderId, buyer, price, fee, deliverBy, publicKeyHash },
      listingId: BigInt(order.listingId),
      state: state === 'none' ? 'open' : state,
      disputeEnd: disputeEnd === 0 ? null : disputeEnd,
      deliveryHash: deliveryHash === zeroHash ? null : deliveryHash,
    };
  } catch (cause) {
    const error = chainError(cause, `reading order ${orderId}`);
    if (!isRevert(error, 'UnknownOrder')) throw error;
    throw clientError('ORDER_UNKNOWN', `There is no order ${orderId}.`, { got: String(orderId), cause });
  }
}

/** Orders of a buyer, or of some listings, in the order in which they were made. */
export async function readOrders(
  covey: CoveyChain,
  of: { buyer: Address } | { listings: readonly bigint[] },
): Promise<OrderOnChain[]> {
  const { keyEscrow: address } = covey.deployment;
  const made = { address, abi: keyEscrowAbi, eventName: 'Ordered' } as const;
  const args = 'buyer' in of ? { buyer: of.buyer } : { listingId: [...of.listings] };
  if ('listings' in of && of.listings.length === 0) return [];
  const events = await covey.events({ ...made, args });
  const ids = events.map(({ args: { orderId } }) => orderId);
  return await inTurns(ids, (orderId) => readOrder(covey, orderId), 16);
}

/** The public key that an order names. */
export async function readPublicKey(covey: CoveyChain, order: OrderOnChain): Promise<Hex> {
  const { keyEscrow: address } = covey.deployment;
  const { orderId, publicKeyHash } = order;
  const events = await covey.events({ address, abi: keyEscrowAbi, eventName: 'Ordered', args: { orderId } });
  const named = events.find(({ args: { publicKey } }) => keccak256(publicKey) === publicKeyHash);
  if (!named) throw missing(orderId);
  return named.args.publicKey;
}

/** What was delivered. ORDER_STATE where nothing was. */
export async function readDelivery(covey: CoveyChain, order: OrderOnChain): Promise<WrappedKey> {
  const { keyEscrow: address } = covey.deployment;
  const { orderId, deliveryHash, state } = order;
  if (deliveryHash === null) {
    throw clientError('ORDER_STATE', `No key was delivered for order ${orderId}.`, { got: state });
  }
  const events = await covey.events({ address, abi: keyEscrowAbi, eventName: 'KeyDelivered', args: { orderId } });
  const delivered = events.find(({ args: { point, wrapped } }) => hashOf(point, wrapped) === deliveryHash);
  if (!delivered) throw missing(orderId);
  return { R: delivered.args.point, wrapped: delivered.args.wrapped };
}

const hashOf = (point: Hex, wrapped: Hex) =>
  keccak256(encodeAbiParameters([{ type: 'bytes' }, { type: 'bytes32' }], [point, wrapped]));

const missing = (orderId: bigint) => clientError('LOGS_INCOMPLETE', `The endpoint lacks a log of order ${orderId}.`);
