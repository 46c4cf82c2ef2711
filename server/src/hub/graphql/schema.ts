import { filters, inputOf } from './filters.ts';

const list = (name: string, type: string, where: keyof typeof filters) =>
  `${name}(first: Int, skip: Int, where: ${where}, orderBy: String, orderDirection: OrderDirection): [${type}]`;

/**
 * What Snapshot's own hub answers (hub.snapshot.org/graphql) of a space, its proposals and votes, and of those who take
 * part. What this hub has nothing of (skins, boosts, prices) is there with its empty value, so that queries fit.
 */
export const graphqlSchema = `
  scalar Any
  enum OrderDirection { asc desc }
  type Query {
    space(id: String): Space
    ${list('spaces', 'Space', 'SpaceWhere')}
    ranking(first: Int, skip: Int, where: RankingWhere): Ranking
    proposal(id: String): Proposal
    ${list('proposals', 'Proposal', 'ProposalWhere')}
    vote(id: String): Vote
    ${list('votes', 'Vote', 'VoteWhere')}
    vp(voter: String!, space: String!, proposal: String): Vp
    ${list('aliases', 'Alias', 'AliasWhere')}
    ${list('follows', 'Follow', 'FollowWhere')}
    ${list('subscriptions', 'Subscription', 'SubscriptionWhere')}
    user(id: String): User
    ${list('users', 'User', 'UsersWhere')}
    statement(id: String): Statement
    ${list('statements', 'Statement', 'StatementsWhere')}
    ${list('messages', 'Message', 'MessageWhere')}
    ${list('leaderboards', 'Leaderboard', 'LeaderboardsWhere')}
    networks: [Network]
    strategies: [StrategyItem]
    strategy(id: String): StrategyItem
    validations: [StrategyItem]
    plugins: [Item]
    skins: [Item]
    options: [Option]
  }
  ${Object.entries(filters)
    .map(([name, fields]) => inputOf(name, fields))
    .join('\n  ')}
  input RankingWhere { search: String, category: String, network: String, strategy: String, plugin: String }

  type Strategy { name: String!, network: String, params: Any }
  type Validation { name: String!, params: Any }
  type SpaceFilters { minScore: Float, onlyMembers: Boolean }
  type SpaceVoting {
    delay: Int, period: Int, type: String, quorum: Float, quorumType: String, blind: Boolean, hideAbstain: Boolean,
    privacy: String, aliased: Boolean
  }
  type Treasury { name: String, address: String, network: String }
  type Label { id: String, name: String, description: String, color: String }
  type DelegationPortal {
    delegationType: String, delegationContract: String, delegationNetwork: String, delegationApi: String
  }
  type SkinSettings {
    bg_color: String, link_color: String, text_color: String, content_color: String, border_color: String,
    heading_color: String, primary_color: String, theme: String, logo: String
  }
  type Boost { enabled: Boolean, bribeEnabled: Boolean }
  type Space {
    id: String!, name: String, private: Boolean, about: String, avatar: String, cover: String, terms: String,
    location: String, website: String, twitter: String, github: String, farcaster: String, coingecko: String,
    email: String, discussions: String, discourseCategory: Int, network: String, symbol: String, skin: String,
    skinSettings: SkinSettings, domain: String, strategies: [Strategy], admins: [String], members: [String],
    moderators: [String], filters: SpaceFilters, plugins: Any, voting: SpaceVoting, categories: [String],
    validation: Validation, voteValidation: Validation, delegationPortal: DelegationPortal, treasuries: [Treasury],
    labels: [Label], activeProposals: Int, proposalsCount: Int, proposalsCount1d: Int, proposalsCount7d: Int,
    proposalsCount30d: Int, votesCount: Int, votesCount7d: Int, followersCount: Int, followersCount7d: Int,
    parent: Space, children: [Space], guidelines: String, template: String, verified: Boolean, flagged: Boolean,
    flagCode: Int, hibernated: Boolean, turbo: Boolean, turboExpiration: Int, rank: Float, boost: Boost, created: Int
  }
  type RankingMetrics { total: Int, categories: Any }
  type Ranking { items: [Space], metrics: RankingMetrics }
  type Proposal {
    id: String!, ipfs: String, author: String!, created: Int!, updated: Int, space: Space, network: String!,
    symbol: String!, type: String, strategies: [Strategy]!, validation: Validation, plugins: Any!, title: String!,
    body: String, discussion: String!, choices: [String]!, labels: [String], start: Int!, end: Int!, quorum: Float!,
    quorumType: String, privacy: String, snapshot: Int, state: String, link: String, app: String, scores: [Float],
    scores_by_strategy: Any, scores_state: String, scores_total: Float, scores_updated: Int, scores_total_value: Float,
    votes: Int, flagged: Boolean, flagCode: Int
  }
  type Vote {
    id: String!, ipfs: String, voter: String!, created: Int!, space: Space!, proposal: Proposal, choice: Any!,
    metadata: Any, reason: String, app: String, vp: Float, vp_by_strategy: [Float], vp_state: String
  }
  type Vp { vp: Float, vp_by_strategy: [Float], vp_state: String }
  type Alias { id: String!, ipfs: String, address: String!, alias: String!, created: Int! }
  type Follow { id: String!, ipfs: String, follower: String!, space: Space!, network: String!, created: Int! }
  type Subscription { id: String!, ipfs: String, address: String!, space: Space!, created: Int! }
  type User {
    id: String!, ipfs: String, name: String, about: String, avatar: String, cover: String, twitter: String,
    github: String, lens: String, farcaster: String, created: Int, votesCount: Int, proposalsCount: Int, lastVote: Int
  }
  type Statement {
    id: String!, ipfs: String!, space: String!, network: String!, delegate: String!, about: String, statement: String,
    discourse: String, status: String, source: String, created: Int!, updated: Int!
  }
  type Message {
    mci: Int, id: String, ipfs: String, type: String, timestamp: Int, space: String, address: String, receipt: String
  }
  type Leaderboard { user: String, space: String, proposalsCount: Int, votesCount: Int, lastVote: Int }
  type Network { id: String!, name: String, premium: Boolean, spacesCount: Int }
  type StrategyItem {
    id: String!, name: String, author: String, about: String, version: String, spacesCount: Int, verifiedSpacesCount: Int,
    examples: Any, schema: Any, disabled: Boolean
  }
  type Item { id: String!, spacesCount: Int }
  type Option { name: String, value: String }
`;
