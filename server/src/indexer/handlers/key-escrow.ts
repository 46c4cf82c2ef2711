import { faults } from '@covey/contracts/abi/enums';
import { decodeEnum } from '@covey/protocol';
import { eq, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import { secondsOf } from '../../store/columns.ts';
import { deliveryKeys, listings, orders } from '../../store/schema.ts';
import type { Context, Handlers } from '../context.ts';
import { changeListing } from './market.ts';
import { payerHandlers } from './payers.ts';
import { sold } from './sales.ts';

type OrderRow = typeof orders.$inferSelect;

async function change(context: Context, orderId: bigint, set: PgUpdateSetSource<typeof orders>): Promise<void> {
  const [row] = await context.db.update(orders).set(set).where(eq(orders.id, orderId)).returning();
  if (row !== undefined) tell(context, orderId, row);
}

function tell(
  { touch }: Context,
  id: bigint,
  { listingId, buyer, seller }: Pick<OrderRow, 'listingId' | 'buyer' | 'seller'>,
) {
  touch('orders', `orders/${id}`, 'listings', `listings/${listingId}`, `accounts/${buyer}`, `accounts/${seller}`);
}

async function closed({ db }: Context, listingId: bigint): Promise<void> {
  await db
    .update(listings)
    .set({ openOrders: sql`${listings.openOrders} - 1` })
    .where(eq(listings.id, listingId));
}

export const keyEscrowHandlers: Handlers<'keyEscrow'> = {
  BondPosted: ({ listingId, amount }, context) =>
    changeListing(context, listingId, { event: 'bondPosted', amount }, { bondState: 'bonded', bond: amount }),

  BondReleased: ({ listingId, amount }, context) =>
    changeListing(context, listingId, { event: 'bondReleased', amount }, { bondState: 'released', bond: 0n }),

  async FraudProven({ listingId, orderId, reporter, fault, toReporter, toTreasury }, context) {
    const fraud = {
      orderId: orderId.toString(),
      reporter,
      fault: decodeEnum(faults, fault),
      toReporter: toReporter.toString(),
      toTreasury: toTreasury.toString(),
      ...context.source,
    };
    await changeListing(
      context,
      listingId,
      { event: 'fraudProven', amount: toReporter + toTreasury },
      {
        bondState: 'fraudulent',
        bond: 0n,
        fraud,
      },
    );
    // All orders of the listing can be refunded from now on.
    context.touch('orders');
    const open = await context.db.select({ id: orders.id }).from(orders).where(eq(orders.listingId, listingId));
    for (const { id } of open) context.touch(`orders/${id}`);
  },

  async DeliveryKeySet({ seller, deliveryKey }, context) {
    const set = { deliveryKey, ...context.source };
    await context.db
      .insert(deliveryKeys)
      .values({ seller, ...set })
      .onConflictDoUpdate({ target: deliveryKeys.seller, set });
    context.touch(`accounts/${seller}`);
  },

  async Ordered({ orderId, listingId, buyer, publicKey, token, price, deliverBy }, context) {
    const { db, source } = context;
    const [listing] = await db
      .update(listings)
      .set({ openOrders: sql`${listings.openOrders} + 1` })
      .where(eq(listings.id, listingId))
      .returning();
    // A listing whose event could not be taken in has no page either.
    if (listing === undefined) return;
    const { seller } = listing;
    await db.insert(orders).values({
      id: orderId,
      listingId,
      buyer,
      seller,
      publicKey,
      token,
      price,
      deliverBy: secondsOf(BigInt(deliverBy)),
      ...source,
    });
    tell(context, orderId, { listingId, buyer, seller });
  },

  KeyDelivered: ({ orderId, point, wrapped, disputeEnd }, context) =>
    change(context, orderId, {
      state: 'delivered',
      disputeEnd: secondsOf(BigInt(disputeEnd)),
      delivery: { point, wrapped, ...context.source },
    }),

  async OrderSettled({ orderId, listingId, buyer, price, fee, toSeller, licenceEnd }, context) {
    const settlement = {
      fee: fee.toString(),
      toSeller: toSeller.toString(),
      licenceEnd: secondsOf(BigInt(licenceEnd)),
      ...context.source,
    };
    await change(context, orderId, { state: 'settled', settlement });
    await closed(context, listingId);
    await sold(context, {
      listingId,
      buyer,
      payer: buyer,
      price,
      fee,
      toSeller,
      toContributors: 0n,
      licenceEnd,
      orderId,
    });
  },

  async OrderRefunded({ orderId, listingId }, context) {
    await change(context, orderId, { state: 'refunded', refund: context.source });
    await closed(context, listingId);
  },

  ...payerHandlers('keyEscrow'),
};
