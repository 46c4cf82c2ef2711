import { listingKinds } from '@covey/contracts/abi/enums';
import { decodeEnum } from '@covey/protocol';
import { eq } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import type { listingEvents } from '../../schema/market.ts';
import { listingHistory, listings, paymentTokens, revenueClaims } from '../../store/schema.ts';
import { cidOrNull, cidText } from '../context.ts';
import type { Context, Handlers } from '../context.ts';
import { payerHandlers } from './payers.ts';
import { sold } from './sales.ts';

interface Happened {
  event: (typeof listingEvents)[number];
  amount?: bigint;
}

/** Changes a listing and writes down what happened to it. */
export async function changeListing(
  context: Context,
  listingId: bigint,
  { event, amount }: Happened,
  set: PgUpdateSetSource<typeof listings>,
): Promise<void> {
  await context.db.update(listings).set(set).where(eq(listings.id, listingId));
  await context.db.insert(listingHistory).values({ listingId, event, amount: amount ?? null, ...context.source });
  context.touch('listings', `listings/${listingId}`, 'stats');
}

export const marketHandlers: Handlers<'modelMarket'> = {
  async ModelListed({ listingId, seller, taskId, kind, model, rounds, terms }, context) {
    const { token, price, period, creatorShare, card, previous } = terms;
    const [modelCid, cardCid] = [cidText(model), cidOrNull(card)];
    const named = decodeEnum(listingKinds, kind);
    await context.db.insert(listings).values({
      id: listingId,
      seller,
      kind: named,
      taskId: taskId === 0n ? null : taskId,
      rounds,
      modelCid,
      cardCid,
      token,
      price,
      period,
      creatorShare,
      previous: previous === 0n ? null : previous,
      ...context.source,
    });
    await context.db.insert(listingHistory).values({ listingId, event: 'listed', amount: price, ...context.source });
    if (named === 'sealed') context.want(modelCid, 'sealed');
    if (cardCid !== null) context.want(cardCid, 'card');
    context.touch('listings', `listings/${listingId}`, 'stats', `accounts/${seller}`);
    if (taskId !== 0n) context.touch(`tasks/${taskId}`);
    // Its page shows this one as a later version.
    if (previous !== 0n) context.touch(`listings/${previous}`);
  },

  async FileSealed({ listingId, file: { size, ...file } }, context) {
    await context.db
      .update(listings)
      .set({ file: { bytes: size.toString(), ...file } })
      .where(eq(listings.id, listingId));
    context.touch('listings', `listings/${listingId}`);
  },

  ModelDelisted: ({ listingId }, context) =>
    changeListing(context, listingId, { event: 'delisted' }, { state: 'delisted' }),
  ListingPaused: ({ listingId }, context) =>
    changeListing(context, listingId, { event: 'paused' }, { state: 'paused' }),
  ListingResumed: ({ listingId }, context) =>
    changeListing(context, listingId, { event: 'resumed' }, { state: 'active' }),
  PriceChanged: ({ listingId, newPrice }, context) =>
    changeListing(context, listingId, { event: 'priceChanged', amount: newPrice }, { price: newPrice }),

  async ModelBought({ listingId, buyer, payer, price, fee, toSeller, toContributors, licenceEnd }, context) {
    await sold(context, { listingId, buyer, payer, price, fee, toSeller, toContributors, licenceEnd, orderId: null });
  },

  async RevenueClaimed({ listingId, round, node, amount }, context) {
    await context.db.insert(revenueClaims).values({ listingId, round, node, amount, ...context.source });
    context.touch(`listings/${listingId}`, `nodes/${node}`, 'nodes', `accounts/${node}`);
  },

  async PaymentTokenSet({ token, allowed }, context) {
    const { symbol = null, decimals = null } = context.asked.token ?? {};
    const set = { allowed, symbol, decimals, ...context.source };
    await context.db
      .insert(paymentTokens)
      .values({ token, ...set })
      .onConflictDoUpdate({ target: paymentTokens.token, set });
    context.touch('market', 'listings');
  },

  ...payerHandlers('modelMarket'),
};
