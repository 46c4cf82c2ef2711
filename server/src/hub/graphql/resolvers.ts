import { GraphQLScalarType, Kind } from 'graphql';
import type { ValueNode } from 'graphql';
import { getAddress, isAddress } from 'viem';
import type { Address } from 'viem';
import { serverError } from '../../errors.ts';
import { parseObject } from '../kinds/formats.ts';
import type { HubFollow, HubProfile, HubProposal, HubReader, HubStatement, HubVote } from '../types.ts';
import { toVotes } from '../wire.ts';
import { matches, page } from './filters.ts';
import type { ListArguments } from './filters.ts';
import { spaceOf, strategiesOf } from './space.ts';
import type { SpaceOptions } from './space.ts';

export interface GraphqlOptions extends SpaceOptions {
  /** The chain's time in seconds. */
  now(): number;
}

type Of<Item> = { item: Item };
interface ById {
  id?: string | null;
}

export function resolvers(options: GraphqlOptions) {
  const { hub, chainId } = options;
  const network = String(chainId);
  const strategies = strategiesOf(options);
  const space = () => spaceOf(options, options.now());

  const proposal = (item: HubProposal) => ({
    ...item.message,
    item,
    id: item.id,
    ipfs: item.updated?.ipfs ?? item.ipfs,
    author: item.author,
    created: item.message.timestamp,
    updated: item.updated?.at ?? null,
    network,
    symbol: 'COVEY',
    strategies,
    validation: { name: 'any', params: {} },
    plugins: parseObject(item.message.plugins) ?? {},
    state: hub.stateOf(item),
    quorum: 0,
    quorumType: 'default',
    link: `/snapshot/${item.id}`,
    scores_total_value: 0,
    votes: hub.countOf(item),
    flagged: item.flagged,
    flagCode: 0,
  });
  const proposals = (list: ListArguments) =>
    hub
      .proposals()
      .map(proposal)
      .filter((row) =>
        matches(list.where, {
          ...row,
          space: hub.space,
          plugins: row.item.message.plugins,
          strategies: JSON.stringify(strategies),
          scores_state: row.state === 'closed' ? 'final' : 'pending',
          space_verified: undefined,
        }),
      );

  const vote = (item: HubVote, of: HubProposal) => ({
    ...item,
    item,
    of,
    metadata: parseObject(item.metadata) ?? {},
    vp: toVotes(item.power),
    vp_by_strategy: [toVotes(item.power)],
    vp_state: hub.stateOf(of) === 'closed' ? 'final' : 'pending',
  });
  async function votes({ where }: Pick<ListArguments, 'where'>) {
    const searched = await candidates(hub, where ?? {});
    return searched
      .map(([item, of]) => vote(item, of))
      .filter((row) => matches(where, { ...row, space: hub.space, proposal: row.of.id }));
  }

  const follow = ({ address, ...rest }: HubFollow) => ({ ...rest, follower: address, address });
  const statement = (item: HubStatement) => ({ ...item, space: hub.space, source: null });
  const user = (item: HubProfile) => ({ ...item, id: item.address });
  const userOf = (id: string) => {
    const address = isAddress(id, { strict: false }) ? getAddress(id) : undefined;
    if (address === undefined) return null;
    return user(hub.profile(address) ?? ({ address, ipfs: null, created: null } as unknown as HubProfile));
  };
  const inSpace = (where: ListArguments['where'], row: object) => matches(where, { ...row, space: hub.space });

  // Fields that need work have resolvers of their own: compiled queries do not call functions in values.
  const votesOfUser = async ({ id }: { id: Address }) => hub.votesOf(id);
  return {
    Any: anyScalar,
    Proposal: {
      space,
      scores: async ({ item }: Of<HubProposal>) => (await hub.scores(item)).scores.map(toVotes),
      scores_by_strategy: async ({ item }: Of<HubProposal>) =>
        (await hub.scores(item)).scores.map((score) => [toVotes(score)]),
      scores_state: async ({ item }: Of<HubProposal>) => (await hub.scores(item)).state,
      scores_total: async ({ item }: Of<HubProposal>) => toVotes((await hub.scores(item)).total),
      scores_updated: async ({ item }: Of<HubProposal>) => {
        const times = (await hub.votes(item)).map(({ created }) => created);
        return times.reduce((latest, one) => Math.max(latest, one), item.message.timestamp);
      },
    },
    Vote: { space, proposal: ({ of }: { of: HubProposal }) => proposal(of) },
    Follow: { space },
    Subscription: { space },
    User: {
      votesCount: async (of: { id: Address }) => (await votesOfUser(of)).length,
      proposalsCount: ({ id }: { id: Address }) => hub.proposalsOf(id).length,
      lastVote: async (of: { id: Address }) => (await votesOfUser(of))[0]?.created ?? null,
    },
    Query: {
      space: (_: unknown, { id }: ById) => (id == null || id === hub.space ? space() : null),
      spaces: (_: unknown, list: ListArguments) =>
        page(
          [space()].filter((row) => matches(list.where, row)),
          list,
        ),
      ranking: (_: unknown, { where }: ListArguments) => {
        const search = String(where?.search ?? '').toLowerCase();
        const found = [space()].filter(({ id, name }) => `${id} ${name}`.toLowerCase().includes(search));
        return { items: found, metrics: { total: found.length, categories: {} } };
      },
      proposal: (_: unknown, { id }: ById) => {
        const found = hub.proposal(id ?? '');
        return found === undefined ? null : proposal(found);
      },
      proposals: (_: unknown, list: ListArguments) => page(proposals(list), list),
      vote: async (_: unknown, { id }: ById) => (await votes({ where: { id: id ?? '' } }))[0] ?? null,
      votes: async (_: unknown, list: ListArguments) => page(await votes(list), list),
      vp: async (_: unknown, query: { voter: string; space: string; proposal?: string | null }) => {
        if (!isAddress(query.voter, { strict: false }))
          throw serverError('SERVER_INVALID_ARGUMENT', 'voter is no address');
        if (query.space !== hub.space) throw serverError('SERVER_NOT_FOUND', 'unknown space');
        const of = query.proposal == null || query.proposal === '' ? undefined : hub.proposal(query.proposal);
        if (query.proposal != null && query.proposal !== '' && of === undefined)
          throw serverError('SERVER_NOT_FOUND', 'unknown proposal');
        const power = toVotes(await hub.power(getAddress(query.voter), of?.message.snapshot));
        return {
          vp: power,
          vp_by_strategy: [power],
          vp_state: of !== undefined && hub.stateOf(of) === 'closed' ? 'final' : 'pending',
        };
      },
      aliases: (_: unknown, list: ListArguments) =>
        page(
          hub.aliases().filter((row) => matches(list.where, { ...row })),
          list,
        ),
      follows: (_: unknown, list: ListArguments) =>
        page(
          hub
            .follows()
            .map(follow)
            .filter((row) => inSpace(list.where, row)),
          list,
        ),
      subscriptions: (_: unknown, list: ListArguments) =>
        page(
          hub.subscriptions().filter((row) => inSpace(list.where, row)),
          list,
        ),
      user: (_: unknown, { id }: ById) => userOf(id ?? ''),
      users: (_: unknown, list: ListArguments) =>
        page(
          hub
            .profiles()
            .map(user)
            .filter((row) => matches(list.where, row)),
          list,
        ),
      statement: (_: unknown, { id }: ById) =>
        hub
          .statements()
          .map(statement)
          .find((row) => row.id === id) ?? null,
      statements: (_: unknown, list: ListArguments) =>
        page(
          hub
            .statements()
            .map(statement)
            .filter((row) => matches(list.where, row)),
          list,
        ),
      messages: (_: unknown, list: ListArguments) => {
        const rows = hub.messages().map(({ kind, ...rest }) => ({
          ...rest,
          // Snapshot's hubs call all three kinds so.
          type: kind.startsWith('vote') ? 'vote' : kind,
          receipt: '',
        }));
        return page(
          rows.filter((row) => matches(list.where, row)),
          list,
          'timestamp',
        );
      },
      leaderboards: async (_: unknown, list: ListArguments) => page(await leaderboards(hub, list), list, 'votesCount'),
      networks: () => [{ id: network, name: `Chain ${network}`, premium: true, spacesCount: 1 }],
      strategies: () => [strategyItem],
      strategy: (_: unknown, { id }: ById) => (id === strategyItem.id ? strategyItem : null),
      validations: () => [],
      plugins: () => [],
      skins: () => [],
      options: () => [],
    },
  };
}

const strategyItem = {
  id: 'erc20-votes',
  name: 'erc20-votes',
  author: '',
  about: 'Past votes of an IVotes token at the block of the snapshot.',
  version: '1.0.0',
  spacesCount: 1,
  verifiedSpacesCount: 0,
  examples: [],
  schema: null,
  disabled: false,
};

/** Votes among which those are that a filter asks for: by proposal or voter, without a look at all others. */
async function candidates(hub: HubReader, where: Record<string, unknown>): Promise<[HubVote, HubProposal][]> {
  const named = (key: string) => {
    const values = [where[key] ?? [], where[`${key}_in`] ?? []].flat();
    return values.length > 0 ? (values as string[]) : undefined;
  };
  const found: [HubVote, HubProposal][] = [];
  const ids = named('proposal');
  const voters = named('voter');
  if (ids === undefined && voters !== undefined) {
    for (const voter of new Set(
      voters.filter((one) => isAddress(one, { strict: false })).map((one) => getAddress(one)),
    )) {
      for (const vote of await hub.votesOf(voter)) {
        const of = hub.proposal(vote.proposal);
        if (of !== undefined) found.push([vote, of]);
      }
    }
    return found;
  }
  const searched = ids === undefined ? hub.proposals() : [...new Set(ids)].flatMap((id) => hub.proposal(id) ?? []);
  for (const of of searched) for (const vote of await hub.votes(of)) found.push([vote, of]);
  return found;
}

/** Who wrote and voted how often, of everybody or of one user. */
async function leaderboards(hub: HubReader, { where }: ListArguments) {
  const rows = new Map<
    Address,
    { user: Address; proposalsCount: number; votesCount: number; lastVote: number | null }
  >();
  const row = (user: Address) => {
    const held = rows.get(user) ?? { user, proposalsCount: 0, votesCount: 0, lastVote: null };
    rows.set(user, held);
    return held;
  };
  for (const proposal of hub.proposals()) row(proposal.author).proposalsCount += 1;
  for (const [vote] of await candidates(hub, {})) {
    const held = row(vote.voter);
    held.votesCount += 1;
    held.lastVote = Math.max(held.lastVote ?? 0, vote.created);
  }
  return [...rows.values()]
    .map((one) => ({ ...one, space: hub.space, proposal_count: one.proposalsCount, vote_count: one.votesCount }))
    .filter((one) => matches(where, one));
}

const anyScalar = new GraphQLScalarType({
  name: 'Any',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node: ValueNode) => (node.kind === Kind.STRING ? node.value : null),
});
