import { buyListing } from '../market/buy.ts';
import { BuyerKeys } from '../market/buyer-keys.ts';
import { dispute, findFault, nothingToDispute } from '../market/dispute.ts';
import { claimRevenues, readOwed, readRevenues, withdrawOwed } from '../market/earnings.ts';
import { readLicence, readListing, readListings } from '../market/listing.ts';
import { readOrder, readOrders } from '../market/orders.ts';
import { fetchModel, predict } from '../market/predict.ts';
import {
  changeListing,
  listOwnModel,
  listSealedModel,
  listTaskModel,
  postBond,
  releaseBond,
  setDeliveryKey,
  setPrice,
  type SaleTerms,
} from '../market/publish.ts';
import { checkServed, readSealedManifest, servedBy } from '../market/served.ts';
import { deliverKeys, orderModel, receiveKey, refundOrder, settleOrders } from '../market/trade.ts';
import type { OnAction } from '../events.ts';
import type { Address } from 'viem';
import type { CoveyContext } from './context.ts';

/** Models for sale. */
export function marketOf({ chain, writer, content }: CoveyContext) {
  let keys: BuyerKeys | null = null;
  /** One signature of the wallet, however often they are needed. */
  const buyerKeys = () => (keys ??= new BuyerKeys(writer()));
  const own = () => writer().sender.address;
  return {
    listing: (listingId: bigint) => readListing(chain, listingId),
    /** All listings, the newest first. */
    listings: () => readListings(chain),
    /** Until when an account has a licence, unix seconds; 0 for none. */
    licence: async (listingId: bigint, account: Address = own()) =>
      readLicence(chain, await readListing(chain, listingId), account),
    /** Pays an open listing's price; null when the account has a licence. */
    buy: async (listingId: bigint, options: { extend?: boolean; onEvent?: OnAction } = {}) =>
      buyListing(writer(), await readListing(chain, listingId), options),
    /** Checks that all of a sealed model but its key is there and right, then pays its price into escrow. */
    async order(listingId: bigint, onEvent?: OnAction) {
      const listing = await readListing(chain, listingId);
      await checkServed(content(), listing);
      return await orderModel(writer(), listing, buyerKeys(), onEvent);
    },
    orders: {
      one: (orderId: bigint) => readOrder(chain, orderId),
      ofBuyer: (buyer: Address = own()) => readOrders(chain, { buyer }),
      ofListings: (listings: readonly bigint[]) => readOrders(chain, { listings }),
      /** Delivers the content key of a sealed model to who ordered it. */
      deliver: async (orderId: bigint, key: Uint8Array) =>
        deliverKeys(writer(), [{ order: await readOrder(chain, orderId), key }]),
      /** The key that was delivered to this account. */
      receive: async (orderId: bigint) => receiveKey(writer(), await readOrder(chain, orderId), buyerKeys()),
      refund: async (orderId: bigint) => refundOrder(writer(), orderId),
      settle: async (orderIds: readonly bigint[]) => settleOrders(writer(), orderIds),
      /** Finds what is wrong and brings the proof; NOTHING_TO_DISPUTE where all is right. */
      async dispute(orderId: bigint) {
        const order = await readOrder(chain, orderId);
        const listing = await readListing(chain, order.listingId);
        const served = async () => {
          const manifest = await readSealedManifest(content(), listing);
          return { manifest, files: servedBy(content(), manifest) };
        };
        const proof =
          listing.sealed && (await findFault(writer(), { order, sealed: listing.sealed, keys: buyerKeys(), served }));
        if (!proof) throw nothingToDispute(orderId);
        return { fault: proof.fault, ...(await dispute(writer(), orderId, proof)) };
      },
    },
    publish: {
      task: async (
        of: { taskId: bigint; round?: number },
        terms: SaleTerms & { creatorShare: bigint },
        onEvent?: OnAction,
      ) => listTaskModel(writer(), of, terms, onEvent),
      own: async (cid: string, terms: SaleTerms, onEvent?: OnAction) => listOwnModel(writer(), cid, terms, onEvent),
      /** Nobody can order it before its bond stands. */
      sealed: async (sealed: Parameters<typeof listSealedModel>[1], terms: SaleTerms, onEvent?: OnAction) =>
        listSealedModel(writer(), sealed, terms, onEvent),
      postBond: async (listingId: bigint, onEvent?: OnAction) => postBond(writer(), listingId, onEvent),
      releaseBond: async (listingId: bigint) => releaseBond(writer(), listingId),
      /** A key that may deliver for the account's listings. */
      setDeliveryKey: async (deliveryKey: Address) => setDeliveryKey(writer(), deliveryKey),
      setPrice: async (listingId: bigint, price: bigint) => setPrice(writer(), listingId, price),
      pause: async (listingId: bigint) => changeListing(writer(), listingId, 'pause'),
      resume: async (listingId: bigint) => changeListing(writer(), listingId, 'resume'),
      delist: async (listingId: bigint) => changeListing(writer(), listingId, 'delist'),
    },
    earnings: {
      /** What an account can withdraw of its own sales. */
      owed: async (account: Address = own(), tokens: readonly Address[] = []) => readOwed(chain, account, tokens),
      withdraw: async (account: Address = own(), tokens: readonly Address[] = []) =>
        withdrawOwed(writer(), account, await readOwed(chain, account, tokens)),
      /** What a contributor can claim of all sales of models that it helped to train. */
      revenues: async (node: Address = own()) => readRevenues(chain, content(), node, await readListings(chain)),
      claim: async (node: Address = own()) =>
        claimRevenues(writer(), node, await readRevenues(chain, content(), node, await readListings(chain))),
    },
    /** Fetches a task's model by CID, checked block by block. */
    model: async ({ taskId, cid }: { taskId: bigint; cid: string }) => fetchModel(chain, content(), taskId, cid),
    predict,
  };
}
