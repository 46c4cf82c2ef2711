/** What can be compared: texts without regard to case (addresses have two spellings), numbers, flags, lists of texts. */
type FieldKind = 'text' | 'int' | 'float' | 'flag' | 'texts';
export type Fields = Readonly<Record<string, FieldKind>>;
export type Where = Readonly<Record<string, unknown>> | null | undefined;

const time = { created: 'int' } as const;

/** Fields that each list can be filtered by, as on Snapshot's hub: every one with the endings below. */
export const filters = {
  SpaceWhere: { id: 'text', network: 'text', controller: 'text', strategy: 'text', verified: 'flag', ...time },
  ProposalWhere: {
    ...{ id: 'text', ipfs: 'text', space: 'text', author: 'text', network: 'text', title: 'text', type: 'text' },
    ...{ app: 'text', state: 'text', scores_state: 'text', privacy: 'text', labels: 'texts', plugins: 'text' },
    ...{ strategies: 'text', updated: 'int', snapshot: 'int', start: 'int', end: 'int', votes: 'int' },
    ...{ flagged: 'flag', space_verified: 'flag', ...time },
  },
  VoteWhere: {
    ...{ id: 'text', ipfs: 'text', space: 'text', voter: 'text', proposal: 'text', reason: 'text', app: 'text' },
    ...{ vp: 'float', vp_state: 'text', ...time },
  },
  AliasWhere: { id: 'text', ipfs: 'text', address: 'text', alias: 'text', ...time },
  FollowWhere: { id: 'text', ipfs: 'text', follower: 'text', space: 'text', network: 'text', ...time },
  SubscriptionWhere: { id: 'text', ipfs: 'text', address: 'text', space: 'text', ...time },
  UsersWhere: { id: 'text', ipfs: 'text', ...time },
  StatementsWhere: {
    ...{ id: 'text', ipfs: 'text', delegate: 'text', space: 'text', network: 'text', source: 'text', ...time },
  },
  MessageWhere: { id: 'text', mci: 'int', timestamp: 'int', space: 'text', type: 'text' },
  LeaderboardsWhere: { user: 'text', space: 'text', proposal_count: 'int', vote_count: 'int' },
} as const satisfies Record<string, Fields>;

const typeOf: Record<FieldKind, string> = {
  text: 'String',
  int: 'Int',
  float: 'Float',
  flag: 'Boolean',
  texts: 'String',
};
const compared = ['gt', 'gte', 'lt', 'lte'];

/** The GraphQL input of a set of filters. */
export function inputOf(name: string, fields: Fields): string {
  const lines = Object.entries(fields).flatMap(([field, kind]) => {
    const type = typeOf[kind];
    const same = [`${field}: ${type}`, `${field}_not: ${type}`];
    if (kind === 'flag') return same;
    const lists = [`${field}_in: [${type}]`, `${field}_not_in: [${type}]`];
    if (kind === 'text' || kind === 'texts') return [...same, ...lists, `${field}_contains: ${type}`];
    return [...same, ...lists, ...compared.map((ending) => `${field}_${ending}: ${type}`)];
  });
  return `input ${name} {\n  ${lines.join('\n  ')}\n}`;
}

const endings = ['_not_in', '_in', '_not', '_contains', '_gte', '_lte', '_gt', '_lt'];

/** Whether a row passes the filter; what the row has no value for is not asked. */
export function matches(where: Where, row: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(where ?? {}).every(([key, wanted]) => {
    if (wanted === null || wanted === undefined) return true;
    const ending = endings.find((one) => key.endsWith(one) && !(key in row)) ?? '';
    const value = row[key.slice(0, key.length - ending.length)];
    return value === undefined || passes(ending, fold(value), fold(wanted));
  });
}

function passes(ending: string, value: unknown, wanted: unknown): boolean {
  const has = (one: unknown) => (Array.isArray(value) ? value.includes(one) : value === one);
  switch (ending) {
    case '':
      return has(wanted);
    case '_not':
      return !has(wanted);
    case '_in':
      return (wanted as unknown[]).some(has);
    case '_not_in':
      return !(wanted as unknown[]).some(has);
    case '_contains':
      return [value].flat().some((text) => String(text).includes(String(wanted)));
    case '_gt':
      return Number(value) > Number(wanted);
    case '_gte':
      return Number(value) >= Number(wanted);
    case '_lt':
      return Number(value) < Number(wanted);
    default:
      return Number(value) <= Number(wanted);
  }
}

function fold(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fold);
  return typeof value === 'string' ? value.toLowerCase() : value;
}

export interface ListArguments {
  first?: number | null;
  skip?: number | null;
  where?: Where;
  orderBy?: string | null;
  orderDirection?: 'asc' | 'desc' | null;
}

/** Pages as Snapshot does: 20 unless told, at most 1000; newest first unless told otherwise. */
export function page<T>(
  rows: readonly T[],
  { first, skip, orderBy, orderDirection }: ListArguments,
  by = 'created',
): T[] {
  const sign = orderDirection === 'asc' ? 1 : -1;
  const valueOf = (row: T) =>
    Number((row as Record<string, unknown>)[orderBy ?? by] ?? (row as Record<string, unknown>)[by]);
  const sorted = [...rows].sort((a, b) => sign * (valueOf(a) - valueOf(b) || 0));
  const from = Math.max(0, skip ?? 0);
  return sorted.slice(from, from + Math.min(Math.max(0, first ?? 20), 1000));
}
