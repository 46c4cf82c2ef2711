import { and, asc, count, desc, eq, gt, inArray, sql } from 'drizzle-orm';
import type { Address } from 'viem';
import type { Licence, MarketAccount, PageQuery } from '../schema/index.ts';
import {
  deliveryKeys,
  licences,
  listings,
  orders,
  owedBalances,
  revenueClaims,
  rounds,
  submissions,
} from '../store/schema.ts';
import { heldTo, readDocuments } from './documents.ts';
import { listingNames } from './listings.ts';
import { endOf, paymentTokenFinder } from './market.ts';
import { offsetOf, originOf, pageOf, parseAddress } from './reader.ts';
import type { Reader } from './reader.ts';

/** Rounds of listed models that an account worked in; claims are per round, so this bounds an answer, not anybody's pay. */
const MAX_CONTRIBUTIONS = 500;

export async function readMarketAccount(reader: Reader, text: string): Promise<MarketAccount> {
  const { db } = reader;
  const address = parseAddress(text);
  const token = await paymentTokenFinder(reader);
  const balances = await db
    .select()
    .from(owedBalances)
    .where(eq(owedBalances.account, address))
    .orderBy(asc(owedBalances.contract), asc(owedBalances.token));
  const [key] = await db.select().from(deliveryKeys).where(eq(deliveryKeys.seller, address));
  const number = async (counted: Promise<{ value: number }[]>) => (await counted)[0]?.value ?? 0;
  const value = { value: count() };
  const open = inArray(orders.state, ['open', 'delivered']);
  return {
    address,
    // Zero takes a key back.
    deliveryKey: key === undefined || BigInt(key.deliveryKey) === 0n ? null : (key.deliveryKey as Address),
    listings: await number(db.select(value).from(listings).where(eq(listings.seller, address))),
    licences: await number(db.select(value).from(licences).where(eq(licences.account, address))),
    openOrders: {
      asBuyer: await number(
        db
          .select(value)
          .from(orders)
          .where(and(eq(orders.buyer, address), open)),
      ),
      asSeller: await number(
        db
          .select(value)
          .from(orders)
          .where(and(eq(orders.seller, address), open)),
      ),
    },
    balances: balances.map((row) => ({
      contract: row.contract,
      token: token(row.token),
      owed: row.owed.toString(),
      credited: row.credited.toString(),
    })),
    contributions: await contributionsOf(reader, address),
  };
}

export async function listLicences(reader: Reader, text: string, query: PageQuery) {
  const condition = eq(licences.account, parseAddress(text));
  const [total] = await reader.db.select({ value: count() }).from(licences).where(condition);
  const rows = await reader.db
    .select()
    .from(licences)
    .where(condition)
    .orderBy(desc(licences.blockNumber), desc(licences.logIndex))
    .limit(query.limit)
    .offset(offsetOf(query));
  const listing = await listingNames(
    reader,
    rows.map((row) => row.listingId),
  );
  const items = rows.flatMap((row): Licence[] => {
    const of = listing(row.listingId);
    if (of === undefined) return [];
    const { name, kind, modelCid } = of;
    const said = { listingId: row.listingId.toString(), listingName: name, kind, modelCid };
    return [{ ...said, end: endOf(row.end), active: row.end > reader.now(), ...originOf(row) }];
  });
  return pageOf(items, total?.value ?? 0, query);
}

/** What an account's accepted work has earned by sales: the contract's own sums, which round down. */
async function contributionsOf(reader: Reader, node: Address): Promise<MarketAccount['contributions']> {
  const { db } = reader;
  const token = await paymentTokenFinder(reader);
  const rows = await db
    .select({ listing: listings, round: rounds })
    .from(submissions)
    .innerJoin(rounds, and(eq(rounds.taskId, submissions.taskId), eq(rounds.round, submissions.round)))
    .innerJoin(listings, and(eq(listings.taskId, rounds.taskId), gt(listings.rounds, rounds.round)))
    .where(and(eq(submissions.node, node), eq(rounds.status, 'claimable'), gt(listings.toContributors, 0n)))
    .orderBy(desc(listings.id), asc(rounds.round))
    .limit(MAX_CONTRIBUTIONS);
  if (rows.length === 0) return [];
  const taskIds = [...new Set(rows.map(({ round }) => round.taskId))];
  const paid = await db
    .select({ taskId: rounds.taskId, round: rounds.round })
    .from(rounds)
    .where(
      and(
        inArray(rounds.taskId, taskIds),
        eq(rounds.status, 'claimable'),
        sql`(${rounds.accepted} #>> '{summary,claimants}')::int > 0`,
      ),
    );
  const claims = await db.select().from(revenueClaims).where(eq(revenueClaims.node, node));
  const document = await readDocuments(
    reader,
    'result',
    rows.map(({ round }) => round.accepted?.summary.documentCid),
  );
  return rows.flatMap(({ listing, round: { taskId, round, accepted, acceptedHash } }) => {
    if (accepted === null || acceptedHash === null || accepted.summary.claimants === 0) return [];
    const { documentCid, sumWeights } = accepted.summary;
    const result = heldTo(document(documentCid), acceptedHash).value;
    const weight = result?.submissions.find((row) => row.node.toLowerCase() === node.toLowerCase())?.weight;
    // Who gave nothing has no claim.
    if (result !== null && (weight === undefined || weight === '0')) return [];
    const claimed = claims
      .filter((claim) => claim.listingId === listing.id && claim.round === round)
      .reduce((sum, { amount }) => sum + amount, 0n);
    const paidRounds = paid.filter((one) => one.taskId === taskId && one.round < listing.rounds).length;
    const ofRound = listing.toContributors / BigInt(paidRounds);
    const entitled = weight === undefined ? null : (ofRound * BigInt(weight)) / BigInt(sumWeights);
    return [
      {
        listingId: listing.id.toString(),
        taskId: taskId.toString(),
        round,
        token: token(listing.token),
        claimed: claimed.toString(),
        claimable: entitled === null ? null : (entitled > claimed ? entitled - claimed : 0n).toString(),
      },
    ];
  });
}
