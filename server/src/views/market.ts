import type { TaskDocument } from '@covey/protocol';
import { asc, count, desc, eq, inArray } from 'drizzle-orm';
import type { Listing, ListingDetail, PageQuery, Purchase } from '../schema/index.ts';
import { listings, purchases, revenueClaims, tasks } from '../store/schema.ts';
import { readDocuments } from './documents.ts';
import { missing, offsetOf, originOf, pageOf, sourceOf } from './reader.ts';
import type { Reader } from './reader.ts';
import { held } from './tasks.ts';

type ListingRow = typeof listings.$inferSelect;
type PurchaseRow = typeof purchases.$inferSelect;

export async function listListings(reader: Reader, query: PageQuery & { taskId?: bigint | undefined }) {
  const condition = query.taskId === undefined ? undefined : eq(listings.taskId, query.taskId);
  const [total] = await reader.db.select({ value: count() }).from(listings).where(condition);
  const rows = await reader.db
    .select()
    .from(listings)
    .where(condition)
    .orderBy(desc(listings.id))
    .limit(query.limit)
    .offset(offsetOf(query));
  return pageOf(await described(reader, rows), total?.value ?? 0, query);
}

export async function readListing(reader: Reader, id: bigint): Promise<ListingDetail> {
  const [row] = await reader.db.select().from(listings).where(eq(listings.id, id));
  const [listing] = row === undefined ? [] : await described(reader, [row]);
  if (listing === undefined) throw missing(`listing ${id}`);
  const bought = await reader.db
    .select()
    .from(purchases)
    .where(eq(purchases.listingId, id))
    .orderBy(desc(purchases.blockNumber), desc(purchases.logIndex));
  const claims = await reader.db
    .select()
    .from(revenueClaims)
    .where(eq(revenueClaims.listingId, id))
    .orderBy(asc(revenueClaims.blockNumber), asc(revenueClaims.logIndex));
  return {
    ...listing,
    purchases: bought.map(purchaseOf),
    revenueClaims: claims.map((claim) => ({
      round: claim.round,
      node: claim.node,
      amount: claim.amount.toString(),
      ...originOf(claim),
    })),
  };
}

export async function listPurchases(reader: Reader, id: bigint, query: PageQuery) {
  const [total] = await reader.db.select({ value: count() }).from(purchases).where(eq(purchases.listingId, id));
  const rows = await reader.db
    .select()
    .from(purchases)
    .where(eq(purchases.listingId, id))
    .orderBy(desc(purchases.blockNumber), desc(purchases.logIndex))
    .limit(query.limit)
    .offset(offsetOf(query));
  return pageOf(rows.map(purchaseOf), total?.value ?? 0, query);
}

async function described(reader: Reader, rows: ListingRow[]): Promise<Listing[]> {
  if (rows.length === 0) return [];
  const taskRows = await reader.db
    .select()
    .from(tasks)
    .where(
      inArray(
        tasks.id,
        rows.map((row) => row.taskId),
      ),
    );
  const document = await readDocuments<TaskDocument>(
    reader,
    taskRows.map((task) => task.documentCid),
  );
  const bought = await reader.db
    .select()
    .from(purchases)
    .where(
      inArray(
        purchases.listingId,
        rows.map((row) => row.id),
      ),
    );
  return rows.map((row) => {
    const task = taskRows.find((candidate) => candidate.id === row.taskId);
    const own = bought.filter((purchase) => purchase.listingId === row.id);
    const total = (field: 'price' | 'toContributors') => own.reduce((sum, purchase) => sum + purchase[field], 0n);
    return {
      id: row.id.toString(),
      taskId: row.taskId.toString(),
      taskName: task === undefined ? null : (held(document(task.documentCid), task).value?.name ?? null),
      creator: row.creator,
      modelCid: row.modelCid,
      price: row.price.toString(),
      creatorShare: row.creatorShare.toString(),
      active: row.active,
      sales: own.length,
      revenue: total('price').toString(),
      toContributors: total('toContributors').toString(),
      listedAt: row.at,
      source: sourceOf(row),
    };
  });
}

function purchaseOf(row: PurchaseRow): Purchase {
  return {
    listingId: row.listingId.toString(),
    buyer: row.buyer,
    price: row.price.toString(),
    fee: row.fee.toString(),
    toCreator: row.toCreator.toString(),
    toContributors: row.toContributors.toString(),
    ...originOf(row),
  };
}
