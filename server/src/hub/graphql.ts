import { GraphQLScalarType, Kind } from 'graphql';
import type { ValueNode } from 'graphql';
import { getAddress, isAddress } from 'viem';
import type { Address } from 'viem';
import { ServerError } from '../errors.ts';
import type { HubProposal, HubReader, HubVote } from './types.ts';
import { toVotes } from './wire.ts';

export interface GraphqlOptions {
  hub: HubReader;
  chainId: number;
  token: Address;
  name: string;
}

/** The part of Snapshot's schema (hub.snapshot.org/graphql) that clients need to show a space, its proposals and votes. */
export const graphqlSchema = `
  scalar Any
  enum OrderDirection { asc desc }
  type Query {
    space(id: String): Space
    spaces(first: Int, skip: Int, where: SpaceWhere): [Space]
    proposal(id: String): Proposal
    proposals(first: Int, skip: Int, where: ProposalWhere, orderBy: String, orderDirection: OrderDirection): [Proposal]
    vote(id: String): Vote
    votes(first: Int, skip: Int, where: VoteWhere, orderBy: String, orderDirection: OrderDirection): [Vote]
    vp(voter: String!, space: String!, proposal: String): Vp
  }
  input SpaceWhere { id: String, id_in: [String] }
  input ProposalWhere {
    id: String, id_in: [String], space: String, space_in: [String], author: String, author_in: [String], state: String, type: String
  }
  input VoteWhere {
    id: String, id_in: [String], space: String, space_in: [String], voter: String, voter_in: [String], proposal: String, proposal_in: [String]
  }
  type Strategy { name: String!, network: String, params: Any }
  type Space {
    id: String!, name: String, about: String, network: String, symbol: String, private: Boolean,
    admins: [String], moderators: [String], members: [String], strategies: [Strategy], proposalsCount: Int
  }
  type Proposal {
    id: String!, ipfs: String, author: String!, created: Int!, updated: Int, space: Space, network: String!, symbol: String!,
    type: String, strategies: [Strategy]!, plugins: Any!, title: String!, body: String, discussion: String!, choices: [String]!,
    labels: [String], start: Int!, end: Int!, snapshot: Int, state: String, app: String, quorum: Float!, quorumType: String,
    privacy: String, link: String, scores: [Float], scores_by_strategy: Any, scores_state: String, scores_total: Float,
    scores_updated: Int, votes: Int, flagged: Boolean
  }
  type Vote {
    id: String!, ipfs: String, voter: String!, created: Int!, space: Space!, proposal: Proposal, choice: Any!, metadata: Any,
    reason: String, app: String, vp: Float, vp_by_strategy: [Float], vp_state: String
  }
  type Vp { vp: Float, vp_by_strategy: [Float], vp_state: String }
`;

interface ListArguments<W> {
  first?: number | null;
  skip?: number | null;
  where?: W | null;
  orderBy?: string | null;
  orderDirection?: 'asc' | 'desc' | null;
}
type Where = Record<string, string | string[] | null | undefined>;

export function resolvers({ hub, chainId, token, name }: GraphqlOptions) {
  const network = String(chainId);
  const strategies = [{ name: 'erc20-votes', network, params: { address: token, symbol: 'COVEY', decimals: 18 } }];
  const space = () => ({
    id: hub.space,
    name,
    about: '',
    network,
    symbol: 'COVEY',
    private: false,
    admins: [],
    moderators: [],
    members: [],
    strategies,
    proposalsCount: hub.proposals().length,
  });

  const proposal = (item: HubProposal) => ({
    ...item.message,
    item,
    id: item.id,
    ipfs: item.ipfs,
    author: item.author,
    created: item.message.timestamp,
    updated: null,
    network,
    symbol: 'COVEY',
    strategies,
    plugins: json(item.message.plugins),
    state: hub.stateOf(item),
    quorum: 0,
    quorumType: 'default',
    link: '',
    scores_updated: null,
    votes: hub.countOf(item),
    flagged: false,
  });

  const vote = (item: HubVote, of: HubProposal) => ({
    ...item,
    of,
    metadata: json(item.metadata),
    vp: toVotes(item.power),
    vp_by_strategy: [toVotes(item.power)],
    vp_state: hub.stateOf(of) === 'closed' ? 'final' : 'pending',
  });

  async function listVotes({ where, ...list }: ListArguments<Where>) {
    const named = [where?.proposal ?? [], where?.proposal_in ?? []].flat();
    const searched = named.length > 0 ? named.flatMap((id) => hub.proposal(id) ?? []) : hub.proposals();
    const votes: ReturnType<typeof vote>[] = [];
    for (const of of searched) {
      for (const item of await hub.votes(of)) {
        const fields = { id: item.id, voter: item.voter, space: hub.space, proposal: of.id };
        if (matches(where, fields)) votes.push(vote(item, of));
      }
    }
    return slice(votes, list);
  }

  // Fields that need work have resolvers of their own: compiled queries do not call functions in values.
  type Of<Item> = { item: Item };
  return {
    Any: anyScalar,
    Proposal: {
      space,
      scores: async ({ item }: Of<HubProposal>) => (await hub.scores(item)).scores.map(toVotes),
      scores_by_strategy: async ({ item }: Of<HubProposal>) =>
        (await hub.scores(item)).scores.map((score) => [toVotes(score)]),
      scores_state: async ({ item }: Of<HubProposal>) => (await hub.scores(item)).state,
      scores_total: async ({ item }: Of<HubProposal>) => toVotes((await hub.scores(item)).total),
    },
    Vote: {
      space,
      proposal: ({ of }: { of: HubProposal }) => proposal(of),
    },
    Query: {
      space: (_: unknown, { id }: { id?: string }) => (id === undefined || id === hub.space ? space() : null),
      spaces: (_: unknown, { where }: ListArguments<Where>) => (matches(where, { id: hub.space }) ? [space()] : []),
      proposal: (_: unknown, { id }: { id?: string }) => {
        const found = hub.proposal(id ?? '');
        return found === undefined ? null : proposal(found);
      },
      proposals: (_: unknown, { where, ...list }: ListArguments<Where>) =>
        slice(
          hub
            .proposals()
            .filter((item) =>
              matches(where, {
                id: item.id,
                space: hub.space,
                author: item.author,
                state: hub.stateOf(item),
                type: item.message.type,
              }),
            )
            .map(proposal),
          list,
        ),
      vote: async (_: unknown, { id }: { id?: string }) => (await listVotes({ where: { id: id ?? '' } }))[0] ?? null,
      votes: (_: unknown, list: ListArguments<Where>) => listVotes(list),
      vp: async (_: unknown, query: { voter: string; space: string; proposal?: string | null }) => {
        if (!isAddress(query.voter, { strict: false }))
          throw new ServerError('SERVER_INVALID_ARGUMENT', 'voter is no address');
        if (query.space !== hub.space) throw new ServerError('SERVER_NOT_FOUND', 'unknown space');
        const of = query.proposal == null ? undefined : hub.proposal(query.proposal);
        if (query.proposal != null && of === undefined) throw new ServerError('SERVER_NOT_FOUND', 'unknown proposal');
        const power = toVotes(await hub.power(getAddress(query.voter), of?.message.snapshot));
        return {
          vp: power,
          vp_by_strategy: [power],
          vp_state: of !== undefined && hub.stateOf(of) === 'closed' ? 'final' : 'pending',
        };
      },
    },
  };
}

function matches(where: Where | null | undefined, fields: Record<string, string>): boolean {
  return Object.entries(where ?? {}).every(([key, wanted]) => {
    if (wanted == null) return true;
    const value = fields[key.replace(/_in$/, '')]?.toLowerCase();
    return [wanted].flat().some((item) => item.toLowerCase() === value);
  });
}

/** Pages as Snapshot does: 20 unless told, at most 1000; newest first unless `asc`. */
function slice<T>(items: T[], { first, skip, orderBy, orderDirection }: ListArguments<Where>): T[] {
  const key = (orderBy ?? 'created') as keyof T;
  const sign = orderDirection === 'asc' ? 1 : -1;
  const sorted = [...items].sort((a, b) => sign * (Number(a[key]) - Number(b[key]) || 0));
  const from = Math.max(0, skip ?? 0);
  return sorted.slice(from, from + Math.min(Math.max(0, first ?? 20), 1000));
}

function json(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    return {};
  }
}

const anyScalar = new GraphQLScalarType({
  name: 'Any',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node: ValueNode) => (node.kind === Kind.STRING ? node.value : null),
});
