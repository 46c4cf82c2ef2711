import { and, asc, count, desc, eq, inArray, or, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { Listing, ListingDetail, PageQuery, PaymentToken, Purchase } from '../schema/index.ts';
import type { listingSorts } from '../schema/market.ts';
import { documents, listingHistory, listings, purchases, revenueClaims, tasks } from '../store/schema.ts';
import { readDocuments } from './documents.ts';
import { cardOf, manifestsOf, MAX_NAME, sealedOf } from './listing-documents.ts';
import type { ListingRow } from './listing-documents.ts';
import { endOf, isSold, paymentTokenFinder, soldNow } from './market.ts';
import { plainLine } from './plain-text.ts';
import { missing, offsetOf, originOf, pageOf, sourceOf } from './reader.ts';
import type { Reader } from './reader.ts';
import { held } from './tasks.ts';

/** Of a listing's newest purchases and claims in its own answer, and of its versions. */
const MAX_SHOWN = 100;

export interface ListingsQuery extends PageQuery {
  taskId?: bigint | undefined;
  kind?: ListingRow['kind'] | undefined;
  seller?: string | undefined;
  state?: ListingRow['state'] | 'fraudulent' | undefined;
  /** Only what can be bought now. */
  sale?: 'true' | undefined;
  search?: string | undefined;
  sort: (typeof listingSorts)[number];
}

const orders = (reader: Reader): Record<ListingsQuery['sort'], SQL[]> => {
  // Prices in several tokens have no order among each other: those in COVEY come first.
  const byToken = [desc(sql`${listings.token} = ${reader.deployment.token}`), asc(listings.token)];
  return {
    newest: [desc(listings.id)],
    cheapest: [...byToken, asc(listings.price), desc(listings.id)],
    dearest: [...byToken, desc(listings.price), desc(listings.id)],
    sales: [desc(listings.sales), desc(listings.id)],
  };
};

export async function listListings(reader: Reader, query: ListingsQuery) {
  const { db } = reader;
  const condition = and(
    query.taskId === undefined ? undefined : eq(listings.taskId, query.taskId),
    query.kind === undefined ? undefined : eq(listings.kind, query.kind),
    query.seller === undefined ? undefined : sql`lower(${listings.seller}) = ${query.seller.toLowerCase()}`,
    query.state === undefined
      ? undefined
      : query.state === 'fraudulent'
        ? eq(listings.bondState, 'fraudulent')
        : eq(listings.state, query.state),
    query.sale === undefined ? undefined : soldNow(reader),
    query.search === undefined ? undefined : found(reader, query.search),
  );
  const [total] = await db.select({ value: count() }).from(listings).where(condition);
  const rows = await db
    .select()
    .from(listings)
    .where(condition)
    .orderBy(...orders(reader)[query.sort])
    .limit(query.limit)
    .offset(offsetOf(query));
  return pageOf(await described(reader, rows), total?.value ?? 0, query);
}

/** A part of the model's name as its document says it, a part of its seller's address, or all of its number or CID. */
function found({ db }: Reader, search: string): SQL | undefined {
  const wanted = search.trim();
  const like = `%${wanted.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  const named = (kind: 'task' | 'sealed') =>
    db
      .select({ cid: documents.cid })
      .from(documents)
      .where(and(eq(documents.kind, kind), sql`${documents.name} ilike ${like}`));
  const ofTask = db
    .select({ id: tasks.id })
    .from(tasks)
    .where(inArray(tasks.documentCid, named('task')));
  return or(
    inArray(listings.taskId, ofTask),
    and(eq(listings.kind, 'sealed'), inArray(listings.modelCid, named('sealed'))),
    /^0x[0-9a-f]{2,40}$/i.test(wanted) ? sql`${listings.seller} ilike ${like}` : undefined,
    eq(listings.modelCid, wanted),
    sql`${listings.id}::text = ${wanted}`,
  );
}

export async function readListing(reader: Reader, id: bigint): Promise<ListingDetail> {
  const { db } = reader;
  const [row] = await db.select().from(listings).where(eq(listings.id, id));
  const [listing] = row === undefined ? [] : await described(reader, [row]);
  if (row === undefined || listing === undefined) throw missing(`listing ${id}`);
  const history = await db
    .select()
    .from(listingHistory)
    .where(eq(listingHistory.listingId, id))
    .orderBy(asc(listingHistory.blockNumber), asc(listingHistory.logIndex));
  const bought = await db
    .select()
    .from(purchases)
    .where(eq(purchases.listingId, id))
    .orderBy(desc(purchases.blockNumber), desc(purchases.logIndex))
    .limit(MAX_SHOWN);
  const claims = await db
    .select()
    .from(revenueClaims)
    .where(eq(revenueClaims.listingId, id))
    .orderBy(asc(revenueClaims.blockNumber), asc(revenueClaims.logIndex))
    .limit(MAX_SHOWN);
  const tokenOf = await paymentTokenFinder(reader);
  return {
    ...listing,
    card: await cardOf(reader, row),
    sealed: await sealedOf(reader, row),
    versions: (await versionsOf(reader, row)).map((version) => ({
      id: version.id.toString(),
      previous: version.previous?.toString() ?? null,
      modelCid: version.modelCid,
      state: shown(version.state),
      price: version.price.toString(),
      token: tokenOf(version.token),
      listedAt: version.at,
    })),
    history: history.map((entry) => ({
      event: entry.event,
      amount: entry.amount?.toString() ?? null,
      ...originOf(entry),
    })),
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

/** Names of these listings, by their numbers. */
export async function listingNames(
  reader: Reader,
  ids: readonly bigint[],
): Promise<(id: bigint) => Listing | undefined> {
  const rows =
    ids.length === 0
      ? []
      : await reader.db
          .select()
          .from(listings)
          .where(inArray(listings.id, [...new Set(ids)]));
  const all = new Map((await described(reader, rows)).map((listing) => [listing.id, listing]));
  return (id) => all.get(id.toString());
}

async function described(reader: Reader, rows: readonly ListingRow[]): Promise<Listing[]> {
  if (rows.length === 0) return [];
  const taskIds = rows.map((row) => row.taskId).filter((id) => id !== null);
  const taskRows = taskIds.length === 0 ? [] : await reader.db.select().from(tasks).where(inArray(tasks.id, taskIds));
  const taskDocument = await readDocuments(
    reader,
    'task',
    taskRows.map((task) => task.documentCid),
  );
  const manifest = await manifestsOf(reader, rows);
  const token = await paymentTokenFinder(reader);
  return rows.map((row) => {
    const task = taskRows.find((candidate) => candidate.id === row.taskId);
    const terms = task === undefined ? null : held(taskDocument(task.documentCid), task).value;
    const name = terms?.name ?? manifest(row)?.value?.name;
    return listingOf(row, token(row.token), {
      name: name === undefined ? null : plainLine(name, MAX_NAME),
      licence: terms?.licence ?? null,
    });
  });
}

function listingOf(row: ListingRow, token: PaymentToken, said: Pick<Listing, 'name' | 'licence'>): Listing {
  if (row.kind === 'none') throw new Error(`listing ${row.id} has no kind`);
  return {
    id: row.id.toString(),
    kind: row.kind,
    state: shown(row.state),
    forSale: isSold(row, token),
    fraudulent: row.bondState === 'fraudulent',
    ...said,
    seller: row.seller,
    taskId: row.taskId?.toString() ?? null,
    rounds: row.rounds,
    modelCid: row.modelCid,
    cardCid: row.cardCid,
    token,
    price: row.price.toString(),
    period: row.period,
    creatorShare: row.creatorShare.toString(),
    sales: row.sales,
    revenue: row.revenue.toString(),
    toContributors: row.toContributors.toString(),
    listedAt: row.at,
    source: sourceOf(row),
  };
}

/** A listing that exists has a state. */
function shown(state: ListingRow['state']): Listing['state'] {
  if (state === 'none') throw new Error('a listing has no state');
  return state;
}

/** Everything that is linked to it as a version of one thing, the oldest first. */
async function versionsOf({ db }: Reader, row: ListingRow): Promise<ListingRow[]> {
  const result = (await db.execute(sql`
    with recursive
      before as (
        select id, previous from covey.listings where id = ${row.id}
        union select one.id, one.previous from covey.listings one join before on one.id = before.previous
      ),
      line as (
        (select id from before order by id limit 1)
        union select one.id from covey.listings one join line on one.previous = line.id
      )
    select id::text from line order by line.id limit ${MAX_SHOWN}`)) as unknown as { rows: { id: string }[] };
  const ids = result.rows.map(({ id }) => BigInt(id));
  return db.select().from(listings).where(inArray(listings.id, ids)).orderBy(asc(listings.id));
}

function purchaseOf(row: typeof purchases.$inferSelect): Purchase {
  return {
    listingId: row.listingId.toString(),
    buyer: row.buyer,
    payer: row.payer,
    price: row.price.toString(),
    fee: row.fee.toString(),
    toSeller: row.toSeller.toString(),
    toContributors: row.toContributors.toString(),
    licenceEnd: endOf(row.licenceEnd),
    orderId: row.orderId?.toString() ?? null,
    ...originOf(row),
  };
}
