import { ONE } from '@covey/protocol';
import type { ReplayPurchase } from '@covey/client';
import type { Changes, PurchaseReplay } from './types.ts';

/**
 * How a past purchase would split under another fee: the DAO's part comes out of the contributors', where there are any, else
 * out of the seller's. A settled order of a sealed model has a buyer and a seller alone.
 */
export function replayPurchase(purchase: ReplayPurchase, changes: Changes): PurchaseReplay {
  const { listingId, orderId, buyer, price, toSeller, marketFee } = purchase;
  const split = (ratio: bigint) => {
    const fee = (price * ratio) / ONE;
    return { fee, toContributors: purchase.toContributors === 0n ? 0n : price - fee - toSeller };
  };
  const recomputed = split(marketFee);
  const proposed = split(changes.marketFee ?? marketFee);
  return {
    ...{ listingId, orderId, buyer, price },
    fee: { recomputed: recomputed.fee, proposed: proposed.fee },
    toContributors: { recomputed: recomputed.toContributors, proposed: proposed.toContributors },
    exact:
      recomputed.fee === purchase.fee &&
      recomputed.toContributors === purchase.toContributors &&
      price === purchase.fee + toSeller + purchase.toContributors,
  };
}
