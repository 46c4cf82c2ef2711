import { and, asc, count, desc, gt, inArray, ne, or, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { Address } from 'viem';
import type { HubReader } from '../hub/types.ts';
import type { DelegateSummary, PageQuery, Profile } from '../schema/index.ts';
import { tokenAccounts } from '../store/schema.ts';
import { readParticipation } from './participation.ts';
import { plainLine } from './plain-text.ts';
import { offsetOf, pageOf, sourceOf } from './reader.ts';
import type { Reader } from './reader.ts';

const MAX_NAME = 64;
const MAX_ABOUT = 1000;
const MAX_EXCERPT = 280;

export interface DelegatesQuery extends PageQuery {
  /** A part of a name or address. */
  search?: string | undefined;
  /** Only those that have written a statement. */
  statement?: boolean;
}

/** Who votes with tokens, the strongest first, then who offers to. */
export async function listDelegates(reader: Reader, hub: HubReader, query: DelegatesQuery) {
  const { db } = reader;
  const from = offsetOf(query);
  const offered = offering(hub, query.search);
  // An embedded condition for a whole list of addresses is as long as that list: the hub's, which needs tokens to join.
  const named = offered.length === 0 ? undefined : inArray(tokenAccounts.address, offered);
  const nobody = sql`false`;
  const condition =
    query.statement === true
      ? (named ?? nobody)
      : query.search === undefined
        ? undefined
        : or(nobody, named, addressLike(query.search), nameLike(hub, query.search));
  const voting = and(gt(tokenAccounts.votes, 0n), condition);
  const [powerful] = await db.select({ value: count() }).from(tokenAccounts).where(voting);
  const strong = powerful?.value ?? 0;
  const rows = await db
    .select({ address: tokenAccounts.address })
    .from(tokenAccounts)
    .where(voting)
    .orderBy(desc(tokenAccounts.votes), asc(tokenAccounts.address))
    .limit(query.limit)
    .offset(from);
  const weak = await withoutPower(reader, offered);
  const rest =
    rows.length < query.limit ? weak.slice(Math.max(0, from - strong)).slice(0, query.limit - rows.length) : [];
  const items = await summariseDelegates(reader, hub, [...rows.map(({ address }) => address), ...rest]);
  return pageOf(items, strong + weak.length, query);
}

/** Authors of statements that a search finds. */
function offering(hub: HubReader, search: string | undefined): Address[] {
  const wanted = search?.trim().toLowerCase();
  return hub
    .statements()
    .map(({ delegate }) => delegate)
    .filter(
      (delegate) =>
        wanted === undefined ||
        delegate.toLowerCase().includes(wanted) ||
        (hub.profile(delegate)?.name ?? '').toLowerCase().includes(wanted),
    );
}

async function withoutPower({ db }: Reader, offered: Address[]): Promise<Address[]> {
  if (offered.length === 0) return [];
  const strong = await db
    .select({ address: tokenAccounts.address })
    .from(tokenAccounts)
    .where(and(gt(tokenAccounts.votes, 0n), inArray(tokenAccounts.address, offered)));
  const known = new Set(strong.map(({ address }) => address));
  return offered.filter((address) => !known.has(address)).sort();
}

function addressLike(search: string): SQL | undefined {
  const wanted = search.trim().toLowerCase();
  return /^(0x)?[0-9a-f]{1,40}$/.test(wanted) ? sql`lower(${tokenAccounts.address}) like ${`%${wanted}%`}` : undefined;
}

function nameLike(hub: HubReader, search: string): SQL | undefined {
  const wanted = search.trim().toLowerCase();
  const found = hub.profiles().filter(({ name }) => (name ?? '').toLowerCase().includes(wanted));
  return found.length === 0
    ? undefined
    : inArray(
        tokenAccounts.address,
        found.map(({ address }) => address),
      );
}

/** In the order given; also of addresses that the chain has never seen. */
export async function summariseDelegates(
  reader: Reader,
  hub: HubReader,
  addresses: readonly Address[],
): Promise<DelegateSummary[]> {
  if (addresses.length === 0) return [];
  const { db } = reader;
  const rows = await db
    .select()
    .from(tokenAccounts)
    .where(inArray(tokenAccounts.address, [...addresses]));
  const delegators = await db
    .select({ delegate: tokenAccounts.delegate, value: count() })
    .from(tokenAccounts)
    .where(
      and(
        inArray(tokenAccounts.delegate, [...addresses]),
        ne(tokenAccounts.delegate, tokenAccounts.address),
        gt(tokenAccounts.units, 0n),
      ),
    )
    .groupBy(tokenAccounts.delegate);
  const participation = await readParticipation(reader, hub, addresses);
  return addresses.map((address) => {
    const row = rows.find((one) => one.address === address);
    const statement = hub.statementOf(address);
    return {
      address,
      votingPower: (row?.votes ?? 0n).toString(),
      delegators: delegators.find(({ delegate }) => delegate === address)?.value ?? 0,
      profile: profileOf(hub, address),
      statement:
        statement === undefined
          ? null
          : {
              excerpt: plainLine(statement.about.trim() === '' ? statement.statement : statement.about, MAX_EXCERPT),
              status: plainLine(statement.status, MAX_NAME),
              cid: statement.ipfs,
            },
      participation: participation(address),
      source: row?.changed == null ? null : sourceOf(row.changed),
    };
  });
}

/** Names and texts as one line each; a picture only from where nothing but a picture can come. */
function profileOf(hub: HubReader, address: Address): Profile {
  const profile = hub.profile(address);
  const line = (text: string | undefined, max: number) => {
    const plain = plainLine(text ?? '', max);
    return plain === '' ? null : plain;
  };
  const avatar = profile?.avatar?.trim() ?? '';
  return {
    name: line(profile?.name, MAX_NAME),
    about: line(profile?.about, MAX_ABOUT),
    avatar: /^(ipfs|https):\/\/[^\s"'<>\\]{1,500}$/.test(avatar) ? avatar : null,
  };
}
