import { and, count, desc, eq, isNotNull, or } from 'drizzle-orm';
import type { Hex } from 'viem';
import type { Channel, PageQuery } from '../schema/index.ts';
import { channels } from '../store/schema.ts';
import { missing, offsetOf, originOf, pageOf, parseAddress, sourceOf } from './reader.ts';
import type { Reader } from './reader.ts';

type ChannelRow = typeof channels.$inferSelect;

export interface ChannelsQuery extends PageQuery {
  /** Payer or host. */
  account?: string | undefined;
  payer?: string | undefined;
  host?: string | undefined;
  state?: Channel['state'] | undefined;
  rated?: 'true' | undefined;
}

export async function listChannels(reader: Reader, query: ChannelsQuery) {
  const is = (column: typeof channels.payer | typeof channels.host, text: string | undefined) =>
    text === undefined ? undefined : eq(column, parseAddress(text));
  const condition = and(
    or(is(channels.payer, query.account), is(channels.host, query.account)),
    is(channels.payer, query.payer),
    is(channels.host, query.host),
    query.state === undefined ? undefined : eq(channels.state, query.state),
    query.rated === undefined ? undefined : isNotNull(channels.rating),
  );
  const [total] = await reader.db.select({ value: count() }).from(channels).where(condition);
  const rows = await reader.db
    .select()
    .from(channels)
    .where(condition)
    .orderBy(desc(channels.blockNumber), desc(channels.logIndex))
    .limit(query.limit)
    .offset(offsetOf(query));
  return pageOf(rows.map(channelOf), total?.value ?? 0, query);
}

export async function readChannel(reader: Reader, id: Hex): Promise<Channel> {
  const [row] = await reader.db.select().from(channels).where(eq(channels.id, id));
  if (row === undefined) throw missing(`channel ${id}`);
  return channelOf(row);
}

function channelOf(row: ChannelRow): Channel {
  const { state, rating } = row;
  if (state === 'none') throw new Error(`channel ${row.id} has no state`);
  return {
    id: row.id,
    payer: row.payer,
    host: row.host,
    signer: row.signer,
    state,
    closeAt: row.closeAt,
    deposit: row.deposit.toString(),
    redeemed: row.redeemed.toString(),
    fees: row.fees.toString(),
    returned: row.returned?.toString() ?? null,
    rating: rating && ratingOf(rating),
    openedAt: row.at,
    source: sourceOf(row),
  };
}

export function ratingOf(rating: NonNullable<ChannelRow['rating']>): NonNullable<Channel['rating']> {
  const { stars, weight, reviewCid } = rating;
  return { stars, weight, reviewCid, ...originOf(rating) };
}
