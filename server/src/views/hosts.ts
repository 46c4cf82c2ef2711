import { and, asc, count, desc, eq, inArray, isNotNull, sql, sum } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { Address } from 'viem';
import type { HostDetail, HostSummary, PageQuery } from '../schema/index.ts';
import type { hostSorts } from '../schema/host.ts';
import { answerCases, channels, hosts, inferenceRequests, nodes } from '../store/schema.ts';
import { answerCaseOf } from './answer-cases.ts';
import { ratingOf } from './channels.ts';
import { readDocuments } from './documents.ts';
import { plainLine } from './plain-text.ts';
import { missing, offsetOf, pageOf, parseAddress, sourceOf } from './reader.ts';
import type { Reader } from './reader.ts';

type HostRow = typeof hosts.$inferSelect;

/** Bytes that the registry takes, so at most as many characters. */
const MAX_ENDPOINT = 256;
/** Of a host's newest cases and ratings in its own answer. */
const MAX_SHOWN = 100;
const ONE = 10n ** 18n;

export interface HostsQuery extends PageQuery {
  /** By its name in offers, or the CID of its weights. */
  model?: string | undefined;
  state?: HostRow['state'] | undefined;
  serving?: 'true' | undefined;
  sort: (typeof hostSorts)[number];
}

/** Own wei that answer, as the registry computes it: the bound part of its own active stake, at most what cases left. */
const ownBound = sql<string>`least(div(coalesce(${nodes.own}, 0) * ${hosts.ratio}, ${sql.raw(`${ONE}`)}), ${hosts.bound})`;
const isServing = and(eq(hosts.state, 'enlisted'), sql`${ownBound} >= ${hosts.minimum}`) as SQL;

export async function listHosts(reader: Reader, query: HostsQuery) {
  const { db } = reader;
  const condition = and(
    query.model === undefined ? undefined : offers(query.model),
    query.state === undefined ? undefined : eq(hosts.state, query.state),
    query.serving === undefined ? undefined : isServing,
  );
  const [total] = await db
    .select({ value: count() })
    .from(hosts)
    .leftJoin(nodes, eq(nodes.address, hosts.node))
    .where(condition);
  const rows = await db
    .select({ host: hosts, own: ownBound, serving: sql<boolean>`${isServing}` })
    .from(hosts)
    .leftJoin(nodes, eq(nodes.address, hosts.node))
    .where(condition)
    .orderBy(...orderOf(query))
    .limit(query.limit)
    .offset(offsetOf(query));
  return pageOf(await described(reader, rows), total?.value ?? 0, query);
}

/** Those that serve come first, whatever is asked for. */
function orderOf({ sort, model }: HostsQuery): SQL[] {
  const rating = sql`${hosts.stars} / nullif(${hosts.rated}, 0)`;
  const by: Record<HostsQuery['sort'], SQL[]> = {
    stake: [desc(hosts.bound)],
    cheapest: [sql`${priceOf(model)} asc nulls last`, sql`${rating} desc nulls last`],
    rating: [sql`${rating} desc nulls last`, desc(hosts.rated)],
    newest: [desc(hosts.enlistedAt)],
  };
  return [desc(isServing), ...by[sort], asc(hosts.node)];
}

const modelsOf = sql`(
  select document.value -> 'models' from covey.documents document
  where document.cid = ${hosts.offerCid} and document.kind = 'offer' and document.status = 'ok')`;

const names = (model: string) => sql`(one ->> 'model' = ${model} or one ->> 'name' = ${model})`;

/** Wei of a thousand requests, each for one run over all that the model sees: of this model, or of the cheapest. */
const priceOf = (model: string | undefined) => sql`(
  select min(1000 * (one ->> 'request')::numeric + (one ->> 'thousand')::numeric * (one ->> 'window')::numeric)
  from jsonb_array_elements(${modelsOf}) one
  where ${model === undefined ? sql`true` : names(model)})`;

const offers = (model: string) =>
  sql`exists (select 1 from jsonb_array_elements(${modelsOf}) one where ${names(model)})`;

export async function readHost(reader: Reader, text: string): Promise<HostDetail> {
  const { db } = reader;
  const address = parseAddress(text);
  const rows = await db
    .select({ host: hosts, own: ownBound, serving: sql<boolean>`${isServing}` })
    .from(hosts)
    .leftJoin(nodes, eq(nodes.address, hosts.node))
    .where(eq(hosts.node, address));
  const [host] = await described(reader, rows);
  if (host === undefined) throw missing(`host ${address}`);
  const cases = await db
    .select()
    .from(answerCases)
    .where(eq(answerCases.node, address))
    .orderBy(desc(answerCases.id))
    .limit(MAX_SHOWN);
  const rated = await db
    .select()
    .from(channels)
    .where(and(eq(channels.host, address), isNotNull(channels.rating)))
    .orderBy(desc(sql`(${channels.rating} ->> 'blockNumber')::bigint`), desc(channels.id))
    .limit(MAX_SHOWN);
  return {
    ...host,
    caseList: cases.map((row) => answerCaseOf(row, reader.now())),
    ratings: rated.flatMap(({ id, payer, rating }) => (rating ? [{ channel: id, payer, ...ratingOf(rating) }] : [])),
  };
}

interface Found {
  host: HostRow;
  own: string;
  serving: boolean;
}

async function described(reader: Reader, rows: readonly Found[]): Promise<HostSummary[]> {
  if (rows.length === 0) return [];
  const counted = await countsOf(
    reader,
    rows.map(({ host }) => host.node),
  );
  const offer = await readDocuments(
    reader,
    'offer',
    rows.map(({ host }) => host.offerCid),
  );
  return rows.map(({ host: row, own, serving }) => {
    const { value, ...read } = offer(row.offerCid);
    return {
      address: row.node,
      state: row.state,
      serving,
      struck: row.struck,
      enlistedAt: row.enlistedAt,
      casesEnd: row.casesEnd !== null && row.casesEnd > reader.now() ? row.casesEnd : null,
      endpoint: plainLine(row.endpoint, MAX_ENDPOINT),
      signer: row.signer,
      capacity: row.capacity,
      offer: {
        ...read,
        value: value && { name: value.name, models: value.models, limits: value.limits },
      },
      stake: { ratio: `${row.ratio}`, bound: `${row.bound}`, own, minimum: `${row.minimum}` },
      rating: {
        stars: row.rated === 0n ? null : `${(row.stars * ONE) / row.rated}`,
        weight: `${row.rated}`,
        channels: row.ratings,
      },
      earned: `${row.earned}`,
      ...counted(row.node),
      source: sourceOf(row),
    };
  });
}

/** What each host has been paid and accused of, in one query each. */
async function countsOf({ db }: Reader, addresses: Address[]) {
  const opened = await db
    .select({ node: channels.host, value: count() })
    .from(channels)
    .where(inArray(channels.host, addresses))
    .groupBy(channels.host);
  const cases = await db
    .select({ node: answerCases.node, state: answerCases.state, value: count(), taken: sum(answerCases.taken) })
    .from(answerCases)
    .where(inArray(answerCases.node, addresses))
    .groupBy(answerCases.node, answerCases.state);
  const verdict = sql<string | null>`${inferenceRequests.ruling} ->> 'verdict'`;
  const answered = await db
    .select({ node: inferenceRequests.node, verdict, value: count() })
    .from(inferenceRequests)
    .where(inArray(inferenceRequests.node, addresses))
    .groupBy(inferenceRequests.node, verdict);
  return (node: Address): Pick<HostSummary, 'channels' | 'cases' | 'requests'> => {
    const own = cases.filter((row) => row.node === node);
    const at = (...states: (typeof own)[number]['state'][]) =>
      own.filter(({ state }) => states.includes(state)).reduce((all, { value }) => all + value, 0);
    const requests = answered.filter((row) => row.node === node);
    const wrong = requests.filter((row) => row.verdict === 'disputerRight' || row.verdict === 'bothWrong');
    const counts = (some: typeof requests) => some.reduce((all, { value }) => all + value, 0);
    return {
      channels: opened.find((row) => row.node === node)?.value ?? 0,
      cases: {
        open: at('open', 'contested'),
        lost: at('executed'),
        won: at('dismissed'),
        lapsed: at('lapsed'),
        taken: own.reduce((all, { taken }) => all + BigInt(taken ?? 0), 0n).toString(),
      },
      requests: { answered: counts(requests), wrong: counts(wrong) },
    };
  };
}
