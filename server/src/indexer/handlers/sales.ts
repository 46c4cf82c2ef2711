import { eq, sql } from 'drizzle-orm';
import { secondsOf } from '../../store/columns.ts';
import { licences, listings, purchases } from '../../store/schema.ts';
import type { Origin } from '../../store/tables/rounds.ts';
import type { Context } from '../context.ts';

type Sale = Omit<typeof purchases.$inferInsert, keyof Origin>;

/** A licence was paid: the sale, the listing's sums, and until when its buyer has a licence now. */
export async function sold(context: Context, { licenceEnd, ...sale }: Sale): Promise<void> {
  const { db, source, touch } = context;
  const { listingId, buyer, price, toContributors } = sale;
  const end = secondsOf(BigInt(licenceEnd));
  await db.insert(purchases).values({ ...sale, licenceEnd: end, ...source });
  await db
    .update(listings)
    .set({
      sales: sql`${listings.sales} + 1`,
      revenue: sql`${listings.revenue} + ${price}`,
      toContributors: sql`${listings.toContributors} + ${toContributors}`,
    })
    .where(eq(listings.id, listingId));
  await db
    .insert(licences)
    .values({ listingId, account: buyer, end, ...source })
    .onConflictDoUpdate({ target: [licences.listingId, licences.account], set: { end, ...source } });
  touch('listings', `listings/${listingId}`, 'stats', `accounts/${buyer}`);
}
