import { eq } from 'drizzle-orm';
import { listings, purchases, revenueClaims } from '../../store/schema.ts';
import { cidText } from '../context.ts';
import type { Handlers } from '../context.ts';

export const marketHandlers: Handlers<'modelMarket'> = {
  async ModelListed({ listingId, taskId, seller, model, terms }, context) {
    const { price, creatorShare } = terms;
    const modelCid = cidText(model);
    await context.db
      .insert(listings)
      .values({ id: listingId, taskId, creator: seller, modelCid, price, creatorShare, ...context.source });
    context.touch('listings', `listings/${listingId}`, `tasks/${taskId}`, 'stats');
  },

  async ModelDelisted({ listingId }, context) {
    await context.db.update(listings).set({ active: false }).where(eq(listings.id, listingId));
    context.touch('listings', `listings/${listingId}`, 'stats');
  },

  async ListingPaused({ listingId }, context) {
    await context.db.update(listings).set({ active: false }).where(eq(listings.id, listingId));
    context.touch('listings', `listings/${listingId}`, 'stats');
  },

  async ListingResumed({ listingId }, context) {
    await context.db.update(listings).set({ active: true }).where(eq(listings.id, listingId));
    context.touch('listings', `listings/${listingId}`, 'stats');
  },

  async PriceChanged({ listingId, newPrice }, context) {
    await context.db.update(listings).set({ price: newPrice }).where(eq(listings.id, listingId));
    context.touch('listings', `listings/${listingId}`);
  },

  async ModelBought({ listingId, buyer, price, fee, toSeller, toContributors }, context) {
    await context.db
      .insert(purchases)
      .values({ listingId, buyer, price, fee, toCreator: toSeller, toContributors, ...context.source });
    context.touch('listings', `listings/${listingId}`, 'stats');
  },

  async RevenueClaimed({ listingId, round, node, amount }, context) {
    await context.db.insert(revenueClaims).values({ listingId, round, node, amount, ...context.source });
    context.touch(`listings/${listingId}`, `nodes/${node}`, 'nodes');
  },
};
