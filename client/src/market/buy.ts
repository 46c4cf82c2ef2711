import type { CoveyWriter } from '../chain/chain.ts';
import { chainTime } from '../chain/phase.ts';
import type { Sent } from '../chain/sender.ts';
import { ignoreActions, type OnAction } from '../events.ts';
import { ensurePayment } from '../stake/allowance.ts';
import { licensedForEver, marketContract, readLicence, type ListingOnChain } from './listing.ts';

/**
 * Pays an open listing's price for a licence; null when this account has one that runs. A subscription that runs is made
 * longer where `extend` says so.
 */
export async function buyListing(
  covey: CoveyWriter,
  listing: ListingOnChain,
  { extend = false, onEvent = ignoreActions }: { extend?: boolean; onEvent?: OnAction } = {},
): Promise<Sent | null> {
  const { listingId, token, price } = listing;
  const end = await readLicence(covey, listing, covey.sender.address);
  if (end === licensedForEver || (!extend && BigInt(end) > (await chainTime(covey)))) return null;
  await ensurePayment(covey, { token, spender: covey.deployment.modelMarket, amount: price }, onEvent);
  return await covey.sender.send({ ...marketContract(covey), functionName: 'buy', args: [listingId, price] });
}
