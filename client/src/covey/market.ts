import { buyListing, fetchModel, predict, readListing } from '../market/buy-model.ts';
import type { OnAction } from '../events.ts';
import type { CoveyContext } from './context.ts';

/** Models for sale. */
export function marketOf({ chain, writer, content }: CoveyContext) {
  return {
    listing: (listingId: bigint) => readListing(chain, listingId),
    /** Pays a listing's price; null when the account bought it before. */
    buy: async (listingId: bigint, onEvent?: OnAction) =>
      buyListing(writer(), await readListing(chain, listingId), onEvent),
    /** Fetches a task's model by CID, checked block by block. */
    model: async ({ taskId, cid }: { taskId: bigint; cid: string }) => fetchModel(chain, content(), taskId, cid),
    predict,
  };
}
