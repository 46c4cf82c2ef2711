import { eq } from 'drizzle-orm';
import { listings, purchases, revenueClaims } from '../../store/schema.ts';
import { cidText } from '../context.ts';
import type { Handlers } from '../context.ts';

export const marketHandlers: Handlers<'modelMarket'> = {
  async ModelListed({ listingId, taskId, creator, model, price, creatorShare }, context) {
    const modelCid = cidText(model);
    await context.db
      .insert(listings)
      .values({ id: listingId, taskId, creator, modelCid, price, creatorShare, ...context.source });
    context.touch('listings', `listings/${listingId}`, `tasks/${taskId}`, 'stats');
  },

  async ModelDelisted({ listingId }, context) {
    await context.db.update(listings).set({ active: false }).where(eq(listings.id, listingId));
    context.touch('listings', `listings/${listingId}`, 'stats');
  },

  async ModelBought(bought, context) {
    await context.db.insert(purchases).values({ ...bought, ...context.source });
    context.touch('listings', `listings/${bought.listingId}`, 'stats');
  },

  async RevenueClaimed({ listingId, round, node, amount }, context) {
    await context.db.insert(revenueClaims).values({ listingId, round, node, amount, ...context.source });
    context.touch(`listings/${listingId}`, `nodes/${node}`, 'nodes');
  },
};
