import { and, count, desc, eq, sql } from 'drizzle-orm';
import type { Listing, Order, PageQuery, PaymentToken } from '../schema/index.ts';
import { orders } from '../store/schema.ts';
import { listingNames } from './listings.ts';
import { endOf, paymentTokenFinder } from './market.ts';
import { missing, offsetOf, originOf, pageOf, sourceOf } from './reader.ts';
import type { Reader } from './reader.ts';

type OrderRow = typeof orders.$inferSelect;

export interface OrdersQuery extends PageQuery {
  listingId?: bigint | undefined;
  buyer?: string | undefined;
  seller?: string | undefined;
  state?: OrderRow['state'] | undefined;
}

export async function listOrders(reader: Reader, query: OrdersQuery) {
  const condition = and(
    query.listingId === undefined ? undefined : eq(orders.listingId, query.listingId),
    query.buyer === undefined ? undefined : sql`lower(${orders.buyer}) = ${query.buyer.toLowerCase()}`,
    query.seller === undefined ? undefined : sql`lower(${orders.seller}) = ${query.seller.toLowerCase()}`,
    query.state === undefined ? undefined : eq(orders.state, query.state),
  );
  const [total] = await reader.db.select({ value: count() }).from(orders).where(condition);
  const rows = await reader.db
    .select()
    .from(orders)
    .where(condition)
    .orderBy(desc(orders.id))
    .limit(query.limit)
    .offset(offsetOf(query));
  return pageOf(await described(reader, rows), total?.value ?? 0, query);
}

export async function readOrder(reader: Reader, id: bigint): Promise<Order> {
  const rows = await reader.db.select().from(orders).where(eq(orders.id, id));
  const [order] = await described(reader, rows);
  if (order === undefined) throw missing(`order ${id}`);
  return order;
}

async function described(reader: Reader, rows: readonly OrderRow[]): Promise<Order[]> {
  const listing = await listingNames(
    reader,
    rows.map((row) => row.listingId),
  );
  const token = await paymentTokenFinder(reader);
  return rows.map((row) =>
    orderOf(row, { listing: listing(row.listingId), token: token(row.token), now: reader.now() }),
  );
}

interface Around {
  listing: Listing | undefined;
  token: PaymentToken;
  now: number;
}

function orderOf(row: OrderRow, { listing, token, now }: Around): Order {
  const { state, delivery, settlement, refund } = row;
  if (state === 'none') throw new Error(`order ${row.id} has no state`);
  return {
    id: row.id.toString(),
    listingId: row.listingId.toString(),
    listingName: listing?.name ?? null,
    buyer: row.buyer,
    seller: row.seller,
    state,
    next: nextOf(row, listing?.fraudulent === true, now),
    token,
    price: row.price.toString(),
    publicKey: row.publicKey,
    deliverBy: row.deliverBy,
    disputeEnd: row.disputeEnd,
    delivery: delivery && { point: delivery.point, wrapped: delivery.wrapped, ...originOf(delivery) },
    settlement: settlement && {
      fee: settlement.fee,
      toSeller: settlement.toSeller,
      licenceEnd: endOf(settlement.licenceEnd),
      ...originOf(settlement),
    },
    refund: refund && originOf(refund),
    orderedAt: row.at,
    source: sourceOf(row),
  };
}

/** What the escrow lets happen in a block of this second. */
function nextOf({ state, deliverBy, disputeEnd }: OrderRow, fraudulent: boolean, now: number): Order['next'] {
  if (state !== 'open' && state !== 'delivered') return null;
  if (fraudulent) return 'refund';
  if (state === 'open') return now < deliverBy ? 'deliver' : 'refund';
  return now < (disputeEnd ?? 0) ? 'check' : 'settle';
}
